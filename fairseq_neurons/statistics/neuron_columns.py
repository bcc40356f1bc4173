"""Single neurons of a dump, whose numbers lie word after word on the disk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError

# Values that are in memory at a time: 128 MB of float32.
MOST = 2**25


def column_of(dump: Activations, neuron: int) -> np.ndarray:
    """What one neuron does at every word, float32 (N,).

    Raises:
        InputError: if a value is not a finite number.
    """
    return columns_of(dump, slice(neuron, neuron + 1))[0]


def columns_of(dump: Activations, neurons: slice | np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """What some neurons do, float32 (n, N): a neuron's values lie side by side. The dump is read once, in blocks.

    Args:
        dump: the dump.
        neurons: n of them, by index.
        rows: bool, which words are wanted; N of them. All if None.

    Raises:
        InputError: if a value is not a finite number.
    """
    count = len(np.arange(len(dump.neurons))[neurons])
    columns = np.empty((count, len(dump) if rows is None else int(rows.sum())), np.float32)
    start = place = 0
    for block in dump.blocks():
        wanted = block[:, neurons]
        if rows is not None:
            wanted = wanted[rows[start : start + len(block)]]
        columns[:, place : place + len(wanted)] = wanted.T
        start, place = start + len(block), place + len(wanted)
    # A sum is finite only if all its summands are, and needs no memory; float64, as float32 could overflow.
    with np.errstate(invalid="ignore"):
        total = columns.sum(dtype=np.float64)
    if not np.isfinite(total):
        raise InputError(f"{dump.path} holds values that are not finite numbers.")
    return columns


def slabs_of(dump: Activations, neurons: slice, rows: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Some neurons, as many at a time as memory should hold: which of them, and their values, float32 (n, N).

    Args:
        dump: the dump, which is read once a slab.
        neurons: consecutive ones.
        rows: bool, which words are wanted; N of them.

    Raises:
        InputError: if a value is not a finite number.
    """
    first, last, _ = neurons.indices(len(dump.neurons))
    width = max(1, MOST // max(1, int(rows.sum())))
    for start in range(first, last, width):
        end = min(start + width, last)
        yield slice(start - first, end - first), columns_of(dump, slice(start, end), rows)
