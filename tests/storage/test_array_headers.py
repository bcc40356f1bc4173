"""Headers of arrays that were damaged or made to do harm."""

from __future__ import annotations

import io
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.array_files import read_array
from fairseq_neurons.storage.array_headers import read_header


def header(text: str, version: bytes = b"\x01\x00") -> bytes:
    return b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text.encode("latin-1")


def fields(descr: str = "'<f4'", shape: str = "(2, 3)", order: str = "False") -> bytes:
    return header(f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n")


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f8", "<i8", "|b1", "<U3"])
@pytest.mark.parametrize("shape", [(), (0, 3), (4,), (2, 3)])
def test_headers_of_numpy__are_read(dtype, shape):
    for order in "CF":
        file = io.BytesIO()
        np.save(file, np.zeros(shape, dtype=dtype, order=order))
        file.seek(0)
        found = read_header(file, "a.npy")
        assert (found.dtype, found.shape) == (np.dtype(dtype), shape)
        assert found.offset + found.bytes == len(file.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\x93NUMPY", b"\x93NUMPY\x09\x00\x00\x00", header("{"), header("{'descr': 1}"), header("[" * 9000)),
        *(header("1" * 9000), header("{'a': " * 500), header("\x00"), header("(" * 200 + ")" * 200)),
        *(
            fields("'<f4,'"),
            fields("'O'"),
            fields("'V8'"),
            fields("3"),
            fields("[('a', '<f4')]"),
            fields("'<U99999999999'"),
        ),
        *(fields("'(2,)<f4'"), fields("'(999999999,999999999)f4'"), fields("','"), fields("'\\x00'"), fields("'<M8'")),
        *(fields(shape="(-1,)"), fields(shape="(1.5,)"), fields(shape="(1e400,)"), fields(shape="3")),
        *(fields(shape=f"({'9' * 4000},)"), fields(shape=f"({'9' * 5000},)"), fields(shape="(True,)")),
        *(fields(shape=f"({'1,' * 99})"), fields(order="0"), b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}"),
    ],
)
def test_hostile_header__is_one_sentence(content):
    with pytest.raises(InputError, match=r"^a\.npy is missing, truncated or not an array"):
        read_header(io.BytesIO(content), "a.npy")


@settings(max_examples=100)
@given(
    st.text(max_size=60)
    | st.builds(lambda a, b: f"{{'descr': {a}, 'fortran_order': False, 'shape': {b}}}", *[st.text(max_size=9)] * 2)
)
@example("0in 1")
def test_any_header__is_read_or_one_sentence(text):
    try:
        read_header(io.BytesIO(header(text.encode("latin-1", "replace").decode("latin-1"))), "a.npy")
    except InputError as error:
        assert str(error).startswith("a.npy is missing, truncated or not an array")


@pytest.mark.parametrize("shape", ["(1000000000000,)", "(4000000000, 4000000000, 4000000000)"])
@pytest.mark.parametrize("mmap", [True, False])
def test_array_larger_than_its_file__takes_no_memory(tmp_path, shape, mmap):
    (tmp_path / "a.npy").write_bytes(fields(shape=shape) + bytes(100))
    tracemalloc.start()
    try:
        with pytest.raises(
            InputError, match=r"a\.npy is missing, truncated or not an array: it has \d\d\d bytes, not "
        ):
            read_array(tmp_path / "a.npy", mmap)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
