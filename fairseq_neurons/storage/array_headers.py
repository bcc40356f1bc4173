"""The header of an ``.npy`` file (https://numpy.org/neps/nep-0001-npy-format.html), read without trusting it."""

from __future__ import annotations

import ast
import math
import re
import struct
import warnings
from typing import Any, BinaryIO, Literal, NamedTuple

import numpy as np

from fairseq_neurons.errors import InputError

MAGIC = b"\x93NUMPY"
# The length of the header, by the version of the format: its struct format and its encoding.
VERSIONS = {1: ("<H", "latin-1"), 2: ("<I", "latin-1"), 3: ("<I", "utf-8")}
# numpy's own limit.
LONGEST = 10_000
# Numbers and strings as numpy spells them; objects would be pickles.
DTYPE = re.compile(r"[<>|=]([biuf]\d{1,2}|U\d{1,6})")
MOST_DIMENSIONS = 8


class Header(NamedTuple):
    """What an ``.npy`` file says of its array.

    Args:
        dtype: of the array.
        shape: of the array.
        fortran_order: whether it is stored by columns.
        offset: where the array begins in the file.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran_order: bool
    offset: int

    @property
    def bytes(self) -> int:
        """Size of the array; Python's integers cannot overflow."""
        return math.prod(self.shape) * self.dtype.itemsize

    @property
    def order(self) -> Literal["C", "F"]:
        """``C`` or ``F``, as numpy calls it."""
        return "F" if self.fortran_order else "C"


def read_header(file: BinaryIO, place: str) -> Header:
    """Read the header at the beginning of a file.

    Raises:
        InputError: if it is not that of an array of numbers or strings.
    """
    beginning = file.read(len(MAGIC) + 2)
    version = VERSIONS.get(beginning[-2]) if len(beginning) == len(MAGIC) + 2 else None
    if not beginning.startswith(MAGIC) or version is None:
        raise damaged(place, "it does not begin as an .npy file does")
    size, encoding = version
    (length,) = struct.unpack(size, _exactly(file, struct.calcsize(size), place))
    if length > LONGEST:
        raise damaged(place, f"its header has {length:,} bytes")
    fields = _literal(_exactly(file, length, place).decode(encoding, errors="replace"), place)
    return Header(*_checked(fields, place), len(beginning) + struct.calcsize(size) + length)


def damaged(place: str, what: str) -> InputError:
    """The error to raise for a file that is not what it should be."""
    return InputError(f"{place} is missing, truncated or not an array: {what}.")


def _exactly(file: BinaryIO, count: int, place: str) -> bytes:
    content = file.read(count)
    if len(content) != count:
        raise damaged(place, "its header is cut short")
    return content


def _literal(text: str, place: str) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            # Of the compiler, about what damaged text might mean.
            warnings.simplefilter("ignore")
            fields = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise damaged(place, "its header is not that of an array") from error
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        raise damaged(place, "its header is not that of an array")
    return fields


def _checked(fields: dict[str, Any], place: str) -> tuple[np.dtype[Any], tuple[int, ...], bool]:
    name, shape, fortran_order = fields["descr"], fields["shape"], fields["fortran_order"]
    try:
        dtype = np.dtype(name) if isinstance(name, str) and DTYPE.fullmatch(name) else None
    except TypeError:
        dtype = None
    if dtype is None:
        raise damaged(place, "it does not hold numbers or strings")
    is_shape = isinstance(shape, tuple) and all(type(size) is int and 0 <= size < 1 << 62 for size in shape)
    if not is_shape or len(shape) > MOST_DIMENSIONS or not isinstance(fortran_order, bool):
        raise damaged(place, "its shape is invalid")
    return dtype, shape, fortran_order
