"""Damaged files of arrays are one sentence, whatever numpy raises for them."""

from __future__ import annotations

import io
import random
import warnings

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.array_files import read_array, read_arrays


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
        for seed in range(1500):
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
    assert refused > 1500


def test_missing_arrays__are_named(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(3))
    with pytest.raises(InputError, match=r"a\.npz is missing, damaged or lacks an array .*z is not a file"):
        read_arrays(tmp_path / "a.npz", ["x", "z"], "a.npz")
    with pytest.raises(InputError, match=r"a\.npz is an archive of arrays, not one array"):
        read_array(tmp_path / "a.npz")
    with pytest.raises(InputError, match=r"b\.npy is missing"):
        read_array(tmp_path / "b.npy")
