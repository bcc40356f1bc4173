"""Mutations of ``.npy`` and ``.npz`` files: of headers, archives and values."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import numpy as np

from tests.attack.changed_bytes import BYTES
from tests.attack.changed_file import CANARY, Changed, Mutation

HEADERS = (
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 10000), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 3), }",
    "{'descr': '<f4', 'fortran_order': True, 'shape': (41, 32), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (32, 41), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (True, 41), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': '(41, 32)', }",
    "{'descr': '<f400', 'fortran_order': False, 'shape': (41, 32), }",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (41, 32), }",
    "{'descr': [('a', 'V9999999999')], 'fortran_order': False, 'shape': (41, 32), }",
    "{'descr': '<f4', 'fortran_order': 3, 'shape': (41, 32), 'x': 1}",
    f"{{'descr': __import__('os').system('touch {CANARY}'), 'fortran_order': False, 'shape': (41, 32), }}",
    "(" * 5000,
    "{" * 20,
    "'" * 3,
    "lambda: 0",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4" + "1" * 5000 + ", 32), }",
    "",
)


def other_header(chance: random.Random, content: bytes) -> Changed:
    start = 10 + int.from_bytes(content[8:10], "little")
    header = chance.choice(HEADERS).encode("latin1") + b"\n"
    version = chance.choice((1, 1, 1, 2, 3, 0, 9))
    size = struct.pack("<H" if version == 1 else "<I", len(header) % 2**16)
    body = chance.choice((content[start:], b"", content[start : start + 9]))
    return Changed(content[:6] + bytes([version, 0]) + size + header + body, f"header {header[:60]!r}, {version=}")


def _saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=array.dtype.hasobject)
    return file.getvalue()


def _loaded(content: bytes) -> np.ndarray:
    return np.load(io.BytesIO(content), allow_pickle=False)


def other_values(chance: random.Random, content: bytes) -> Changed:
    array = _loaded(content).copy()
    if not array.size:
        return Changed(content[:-1], "a byte shorter")
    values = (np.nan, np.inf, -np.inf, 1e30, 0.0, -1.0, 1.5) if array.dtype.kind == "f" else (0, -1, 1, 2**62, 3)
    places = [chance.randrange(array.size) for _ in range(chance.choice((1, 1, 5)))]
    value = chance.choice(values)
    if array.dtype.kind in "fiu":
        array.reshape(-1)[places] = value
    return Changed(_saved(array), f"values at {places} are {value}")


def moved_values(chance: random.Random, content: bytes) -> Changed:
    array, order = _loaded(content), np.random.default_rng(chance.randrange(2**32))
    if array.ndim == 0:
        return Changed(_saved(np.asarray([array])), "one dimension more")
    axis = chance.randrange(array.ndim)
    how = chance.choice(("permuted", "reversed", "rolled"))
    found = {
        "permuted": lambda: order.permutation(array, axis),
        "reversed": lambda: np.flip(array, axis),
        "rolled": lambda: np.roll(array, 1, axis),
    }[how]()
    return Changed(_saved(np.ascontiguousarray(found)), f"axis {axis} {how}")


def other_type(chance: random.Random, content: bytes) -> Changed:
    array = _loaded(content)
    kinds = ("<f2", "<f4", "<f8", ">f4", "<i4", "<i8", "<c8", "<U5", "|S3", "|b1", "|u1", "|O")
    kind = chance.choice(kinds)
    with np.errstate(all="ignore"):
        return Changed(_saved(array.astype(kind)), f"of type {kind}")


def other_shape(chance: random.Random, content: bytes) -> Changed:
    array = _loaded(content)
    if array.ndim == 0:
        return Changed(_saved(np.zeros((2, 2))), "a matrix")
    how = chance.choice(("transposed", "flat", "shorter", "longer", "fortran", "deeper", "empty", "scalar"))
    found = {
        "transposed": lambda: np.ascontiguousarray(array.T),
        "flat": lambda: array.reshape(-1),
        "shorter": lambda: array[:-1],
        "longer": lambda: np.concatenate([array, array[:1]]),
        "fortran": lambda: np.asfortranarray(array),
        "deeper": lambda: array[None],
        "empty": lambda: array[:0],
        "scalar": lambda: array.reshape(-1)[0] if array.size else array,
    }[how]()
    return Changed(_saved(np.asarray(found)), how)


ARRAY: tuple[Mutation, ...] = (other_header, other_values, other_values, moved_values, other_type, other_shape)


def _entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(entries: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", kind) as archive:
        for name, entry in entries.items():
            archive.writestr(name, entry)
    return file.getvalue()


def other_entry(chance: random.Random, content: bytes) -> Changed:
    """One of the arrays, changed, in an archive whose checksums are right: another probe, if it is one at all."""
    entries = _entries(content)
    name = chance.choice([*entries])
    changed = chance.choice((*ARRAY, *BYTES))(chance, entries[name])
    entries[name] = changed.content
    return Changed(_zipped(entries), f"{name}: {changed.about}", True)


def other_archive(chance: random.Random, content: bytes) -> Changed:
    entries = _entries(content)
    name, how = chance.choice([*entries]), chance.choice(("lost", "more", "exchanged", "outside", "bomb", "deflated"))
    if how == "lost":
        del entries[name]
    elif how == "more":
        entries["more.npy"] = entries[name]
    elif how == "exchanged":
        other = chance.choice([*entries])
        entries[name], entries[other] = entries[other], entries[name]
    elif how == "outside":
        entries["../../outside.npy"] = entries[name]
    elif how == "bomb":
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (30_000_000,)})
        entries[name] = header.getvalue() + bytes(240_000_000)
    return Changed(_zipped(entries, zipfile.ZIP_DEFLATED), f"{name} {how}", how in ("more", "outside", "deflated"))


def other_zip_header(chance: random.Random, content: bytes) -> Changed:
    """Encrypted, or compressed in a way that there is not; in the central directory and before the entry."""
    changed = bytearray(content)
    encrypted, method = chance.random() < 0.5, chance.choice((1, 6, 8, 9, 12, 14, 93, 99))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(signature)
        while start >= 0:
            if encrypted:
                changed[start + place] |= 1
            else:
                changed[start + place + 2 : start + place + 4] = struct.pack("<H", method)
            start = changed.find(signature, start + 4)
    return Changed(bytes(changed), "encrypted" if encrypted else f"compression method {method}")


ARCHIVE: tuple[Mutation, ...] = (other_entry, other_entry, other_archive, other_zip_header)
