"""NumPy's values in a checkpoint open as what they were; of others nothing is made."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.core.multiarray import _reconstruct, scalar

from fairseq_neurons.plugin import plain_arrays  # noqa: F401 - lets torch open them
from fairseq_neurons.plugin.checkpoints import open_checkpoint

VALUES = [
    np.float64(37.25),
    np.float32(0.5),
    np.int64(-3),
    np.bool_(True),
    np.float64(2.5).astype(">f8"),
    np.array([21, 7, 3, 1]),
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6, dtype=">i2").reshape(2, 3)),
    np.array(["a", "ünf"]),
]


def opened(path, value: object, renamed: Callable[[bytes], bytes] = bytes) -> object:
    """What `value` is after a checkpoint of the older format, which is a plain pickle, was opened."""
    state = {"model": {}, "cfg": {"model": {}}, "value": value}
    torch.save(state, path, _use_new_zipfile_serialization=False)
    path.write_bytes(renamed(path.read_bytes()))
    return open_checkpoint(str(path))["value"]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_numbers_and_text__open_as_what_they_were(tmp_path, value):
    found = opened(tmp_path / "c.pt", value)
    assert isinstance(found, np.ndarray) == isinstance(value, np.ndarray)
    assert found.dtype.newbyteorder("=") == value.dtype.newbyteorder("=")
    np.testing.assert_array_equal(found, value)


@pytest.mark.parametrize("value", [VALUES[0], VALUES[5]], ids=repr)
def test_names_of_numpy_2__are_the_same(tmp_path, value):
    found = opened(tmp_path / "c.pt", value, lambda content: content.replace(b"numpy.core.", b"numpy._core."))
    np.testing.assert_array_equal(found, value)


def test_opened_array__is_saved_as_numpys_own(tmp_path):
    """A training that resumes writes it again; nothing of ours is needed to open it then."""
    found = opened(tmp_path / "c.pt", np.arange(3.0))
    assert type(pickle.loads(pickle.dumps(found, protocol=2))) is np.ndarray
    assert type(pickle.loads(pickle.dumps(found + 1, protocol=2))) is np.ndarray


class Called:
    """Pickled as a call, with a state for its result."""

    def __init__(self, function: Callable[..., object], arguments: tuple, state: object = None) -> None:
        self.reduced = (function, arguments, state) if state is not None else (function, arguments)

    def __reduce__(self):
        return self.reduced


# Its flags hide that its fields are pointers. With NumPy's own constructors, reading the array reads address 0x4141….
LIAR = Called(np.dtype, ("V8", False, True), (3, "|", None, ("a",), {"a": (np.dtype("O"), 0)}, 8, 1, 0))
HOSTILE = {
    "hidden pointers": Called(_reconstruct, (np.ndarray, (0,), b"b"), (1, (1,), LIAR, False, b"A" * 8)),
    "hidden pointer": Called(scalar, (LIAR, b"A" * 8)),
    "objects": np.array([{}, []], dtype=object),
    "fields": np.zeros(2, dtype=[("a", "i4"), ("b", "O")]),
    "object's scalar": Called(scalar, (np.dtype("O"), {})),
    "no type": Called(scalar, ("O", b"A" * 8)),
    "type of nothing": Called(np.dtype, ([("a", "O")],)),
    "made of bytes": Called(np.ndarray, ((1,), "O", b"A" * 8)),
    "too short": Called(_reconstruct, (np.ndarray, (0,), b"b"), (1, (9,), np.dtype("f8"), False, b"A" * 8)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_other_types_and_wrong_sizes__are_refused(tmp_path, name):
    from fairseq_neurons.errors import InputError

    try:
        found = opened(tmp_path / "c.pt", HOSTILE[name])
    except InputError:
        return
    assert name == "made of bytes"  # opens, as an empty array: nothing of the bytes is looked at
    assert found.shape == (0,) and found.dtype == np.int8
