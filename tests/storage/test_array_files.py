"""Damaged files of arrays are one sentence, whatever numpy raises for them."""

from __future__ import annotations

import io
import random
import tracemalloc
import warnings
import zipfile

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.array_files import arrays_as_bytes, read_array, read_arrays


def damaged(content: bytes, seed: int) -> bytes:
    """The same with up to four other bytes, or cut short."""
    chance = random.Random(seed)
    changed = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 4])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed))] if chance.random() < 0.2 else changed)


def test_arrays__are_read_as_written(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(6))
    np.savez(tmp_path / "a.npz", x=np.arange(3.0), y=np.array("text"))
    assert read_array(tmp_path / "a.npy").tolist() == read_array(tmp_path / "a.npy", mmap=True).tolist() == [*range(6)]
    content = (tmp_path / "a.npz").read_bytes()
    for file in (tmp_path / "a.npz", content):
        found = read_arrays(file, ["y", "x"], "a.npz")
        assert found["x"].tolist() == [0, 1, 2] and str(found["y"]) == "text"


def test_damaged_bytes__are_read_or_refused_and_never_a_traceback(tmp_path):
    array, archive = io.BytesIO(), io.BytesIO()
    np.save(array, np.arange(6))
    np.savez(archive, x=np.arange(5.0), y=np.arange(5))
    refused = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(500):
            (tmp_path / "a.npy").write_bytes(damaged(array.getvalue(), seed))
            for read in (
                lambda: read_array(tmp_path / "a.npy", mmap=True),
                lambda: read_array(tmp_path / "a.npy"),
                lambda seed=seed: read_arrays(damaged(archive.getvalue(), seed), ["x", "y"], "a.npz"),
            ):
                try:
                    read()
                except InputError as error:
                    refused += "a.np" in str(error)
    assert refused > 500


def test_missing_arrays__are_named(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(3))
    with pytest.raises(InputError, match=r"a\.npz is missing, damaged or lacks an array .*z is not a file"):
        read_arrays(tmp_path / "a.npz", ["x", "z"], "a.npz")
    with pytest.raises(InputError, match=r"a\.npz is an archive of arrays, not one array"):
        read_array(tmp_path / "a.npz")
    with pytest.raises(InputError, match=r"b\.npy is missing"):
        read_array(tmp_path / "b.npy")


def test_archive__is_the_same_whenever_it_is_written(monkeypatch):
    arrays = {"x": np.arange(3.0), "names": np.array(["a", "b"]), "n": 3, "s": "text"}
    content = arrays_as_bytes(arrays)
    with monkeypatch.context() as patched:
        patched.setattr("time.time", lambda: 1.5e9)
        assert arrays_as_bytes(arrays) == content
    with np.load(io.BytesIO(content)) as read_by_numpy:
        assert read_by_numpy["names"].tolist() == ["a", "b"]
    found = read_arrays(content, ["x", "n", "s"], "a.npz", optional=["names", "z"])
    assert (found["x"].tolist(), int(found["n"]), str(found["s"])) == ([0, 1, 2], 3, "text") and "z" not in found


def test_archive_that_is_compressed_or_encrypted__takes_no_memory():
    bomb, array = io.BytesIO(), io.BytesIO()
    np.save(array, np.zeros(1 << 20))
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", array.getvalue())
    encrypted = bytearray(arrays_as_bytes({"x": np.zeros(3)}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.index(mark) + place] |= 1
    tracemalloc.start()
    try:
        for content in (bomb.getvalue(), bytes(encrypted)):
            with pytest.raises(InputError, match=r"^a\.npz is damaged: x\.npy is encrypted, compressed or larger than"):
                read_arrays(content, ["x"], "a.npz")
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_archive_within_an_archive__is_one_sentence():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("x.npy", arrays_as_bytes({"y": 1}))
        archive.writestr("z.npy", b"\x93NUMPY")
    for name in "xz":
        with pytest.raises(InputError, match=r"^a\.npz is "):
            read_arrays(content.getvalue(), [name], "a.npz")
