"""NumPy's numbers and arrays in a checkpoint, opened as plain data.

Training with ``--eval-bleu`` and some metrics put them there. NumPy's own constructors trust what a file says of memory
(bytes may be declared pointers to objects), so these take their place: numbers and text are all they accept.
"""

import pickle
from typing import Any, Callable, List, Tuple

import numpy as np

KINDS = "biufcSU"  # truth values, integers, floats, complex numbers, bytes, text


class PlainType:
    """Opens a pickled ``numpy.dtype``.

    Raises:
        UnpicklingError: if it is of other things than numbers and text.
    """

    def __init__(self, code: str, align: bool = False, copy: bool = False) -> None:
        self.dtype = np.dtype(code) if isinstance(code, str) else np.dtype(object)
        if self.dtype.kind not in KINDS:
            raise pickle.UnpicklingError(f"NumPy values of type {self.dtype} are not plain")

    def __setstate__(self, state: Tuple[Any, ...]) -> None:
        """Of the state only the byte order is used; the type says the rest."""
        self.dtype = self.dtype.newbyteorder(state[1])


class PlainArray(np.ndarray):
    """Opens a pickled ``numpy.ndarray``; pickled again, it is one."""

    def __new__(cls, *_nothing: Any) -> "PlainArray":
        return super().__new__(cls, (0,), np.int8)

    def __setstate__(self, state: Tuple[Any, ...]) -> None:
        version, shape, kind, fortran, content = state
        super().__setstate__((version, shape, _dtype_of(kind), fortran, content))

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.view(np.ndarray).__reduce_ex__(protocol)


def plain_array(_subtype: type, _shape: Tuple[int, ...], _code: bytes) -> PlainArray:
    """Opens the call of ``_reconstruct`` with which a pickled array begins: an empty one, which its state fills."""
    return PlainArray()


def plain_scalar(kind: PlainType, content: bytes) -> np.generic:
    """Opens a pickled scalar, such as ``numpy.float64``."""
    number: np.generic = np.frombuffer(content, _dtype_of(kind), count=1)[0]
    return number


def _dtype_of(kind: PlainType) -> np.dtype:
    if not isinstance(kind, PlainType):
        raise pickle.UnpicklingError("a NumPy value without a plain type")
    return kind.dtype


# What torch calls when a checkpoint names NumPy's own; the module has one name in NumPy 1, another in NumPy 2.
OPENERS: List[Tuple[Callable[..., Any], str]] = [(PlainType, "numpy.dtype"), (PlainArray, "numpy.ndarray")]
for _core in ("numpy.core", "numpy._core"):
    OPENERS += [(plain_array, f"{_core}.multiarray._reconstruct"), (plain_scalar, f"{_core}.multiarray.scalar")]
