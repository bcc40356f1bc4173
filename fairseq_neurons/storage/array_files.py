"""Read files of arrays that may be damaged: nothing is executed, and no more memory taken than the file has bytes."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.array_headers import Header, damaged, read_header
from fairseq_neurons.storage.disk_space import human_bytes
from fairseq_neurons.storage.files import LARGEST
from fairseq_neurons.storage.regular_files import open_file

# What `zipfile` raises for damaged archives.
DAMAGE = (OSError, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)
SUFFIX = ".npy"


def read_array(path: Path, mmap: bool = False) -> NDArray[Any]:
    """Read an ``.npy`` file.

    Args:
        path: the file.
        mmap: map it read-only instead of reading it.

    Raises:
        InputError: if it is missing, damaged, or an archive of arrays.
    """
    try:
        with open_file(path) as file:
            size = os.fstat(file.fileno()).st_size
            header = _header(file, str(path))
            if size < header.offset + header.bytes:
                raise damaged(str(path), f"it has {size:,} bytes, not {header.offset + header.bytes:,}")
            if mmap:
                kind, offset, order = header.dtype, header.offset, header.order
                return np.memmap(path, kind, "r", offset, header.shape, order)
            return _values(file, header)
    except OSError as error:
        raise damaged(str(path), f"{error.strerror or error}") from error


def read_arrays(
    file: Path | bytes, names: Sequence[str], place: str, optional: Sequence[str] = ()
) -> dict[str, NDArray[Any]]:
    """Read arrays of an ``.npz`` archive, as `arrays_as_bytes` writes it: without compression or encryption.

    Args:
        file: the archive or its content.
        names: of the arrays.
        place: the file, for the message.
        optional: names of arrays that may be missing.

    Raises:
        InputError: if the file is missing or damaged, or lacks an array.
    """
    try:
        content = file if isinstance(file, bytes) else _content(file)
        with zipfile.ZipFile(BytesIO(content)) as archive:
            found = {entry.filename.removesuffix(SUFFIX): entry for entry in archive.infolist()}
            wanted = (*names, *(name for name in optional if name in found))
            return {name: _read(archive, found[name], len(content), place) for name in wanted}
    except DAMAGE as error:
        if isinstance(error, InputError):
            raise
        about = getattr(error, "strerror", None) or error
        if isinstance(error, KeyError):
            about = f"{error.args[0]} is not a file in the archive"
        raise InputError(f"{place} is missing, damaged or lacks an array ({about}).") from error


def arrays_as_bytes(arrays: Mapping[str, Any]) -> bytes:
    """The content of an ``.npz`` archive; the same arrays give the same bytes, whenever they are written."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, values in arrays.items():
            array = BytesIO()
            np.save(array, np.asanyarray(values), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(name + SUFFIX), array.getvalue())
    return file.getvalue()


def _content(path: Path) -> bytes:
    with open_file(path) as file:
        if (size := os.fstat(file.fileno()).st_size) > LARGEST:
            raise OSError(f"it has {human_bytes(size)}")
        return file.read()


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int, place: str) -> NDArray[Any]:
    """Read one array of an archive of ``size`` bytes, which bounds that of the array."""
    if entry.flag_bits & 1 or entry.compress_type != zipfile.ZIP_STORED or entry.file_size > size:
        raise InputError(f"{place} is damaged: {entry.filename} is encrypted, compressed or larger than the archive.")
    content = archive.read(entry)
    file = BytesIO(content)
    header = _header(file, place)
    if len(content) != header.offset + header.bytes:
        raise damaged(place, f"{entry.filename} has {len(content):,} bytes, not {header.offset + header.bytes:,}")
    return _values(file, header)


def _header(file: BinaryIO, place: str) -> Header:
    if file.read(2) == b"PK":
        raise InputError(f"{place} is an archive of arrays, not one array.")
    file.seek(0)
    return read_header(file, place)


def _values(file: BinaryIO, header: Header) -> NDArray[Any]:
    """The array after the header; its size has been checked."""
    content = bytearray(file.read(header.bytes))
    return np.ndarray(header.shape, header.dtype, content, order=header.order)
