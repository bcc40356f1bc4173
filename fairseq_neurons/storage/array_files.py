"""Read files of arrays that may be damaged."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairseq_neurons.errors import InputError

# What numpy raises for damaged files, from their headers, their archives and their shapes.
DAMAGE = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, SyntaxError, MemoryError, NotImplementedError, RuntimeError),
    *(tokenize.TokenError, zipfile.BadZipFile, zlib.error),
)


def read_array(path: Path, mmap: bool = False) -> NDArray[Any]:
    """Read an ``.npy`` file; nothing in it is executed.

    Args:
        path: the file.
        mmap: map it read-only instead of reading it.

    Raises:
        InputError: if it is missing, damaged, or an archive of arrays.
    """
    try:
        array = np.load(path, mmap_mode="r" if mmap else None, allow_pickle=False)
    except DAMAGE as error:
        raise InputError(f"{path} is missing, truncated or not an array.") from error
    if not isinstance(array, np.ndarray):
        raise InputError(f"{path} is an archive of arrays, not one array.")
    return array


def read_arrays(
    file: Path | bytes, names: Sequence[str], place: str, optional: Sequence[str] = ()
) -> dict[str, NDArray[Any]]:
    """Read arrays of an ``.npz`` archive; nothing in it is executed.

    Args:
        file: the archive or its content.
        names: of the arrays.
        place: the file, for the message.
        optional: names of arrays that may be missing.

    Raises:
        InputError: if the file is missing or damaged, or lacks an array.
    """
    try:
        with np.load(BytesIO(file) if isinstance(file, bytes) else file, allow_pickle=False) as archive:
            return {name: archive[name] for name in (*names, *(name for name in optional if name in archive))}
    except DAMAGE as error:
        raise InputError(f"{place} is missing, damaged or lacks an array ({error}).") from error
