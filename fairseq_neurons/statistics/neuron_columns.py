"""Read single neurons from a dump, which is stored word by word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.finite_values import not_finite

# Maximum number of values in memory: 128 MB of float32.
MOST = 2**25


def column_of(dump: Activations, neuron: int) -> np.ndarray:
    """The values of one neuron at all words, float32 (N,).

    Raises:
        InputError: if a value is not finite.
    """
    return columns_of(dump, slice(neuron, neuron + 1))[0]


def columns_of(dump: Activations, neurons: slice | np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """The values of some neurons, float32 (n, N), contiguous for each neuron. The dump is read once, in blocks.

    Args:
        dump: the dump.
        neurons: indices of n neurons.
        rows: bool mask of the N words to read; all words if None.

    Raises:
        InputError: if a value is not finite.
    """
    count = len(np.arange(len(dump.neurons))[neurons])
    columns = np.empty((count, len(dump) if rows is None else int(rows.sum())), np.float32)
    start = filled = 0
    for block in dump.blocks():
        selected = block[:, neurons]
        if rows is not None:
            selected = selected[rows[start : start + len(block)]]
        columns[:, filled : filled + len(selected)] = selected.T
        start, filled = start + len(block), filled + len(selected)
    # A sum is finite only if all values are, and takes no memory. In float32 it might overflow.
    with np.errstate(invalid="ignore"):
        total = columns.sum(dtype=np.float64)
    if not np.isfinite(total):
        raise not_finite(dump)
    return columns


def slabs_of(dump: Activations, neurons: slice, rows: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Yield slabs of neurons in bounded memory: their slice within ``neurons``, and their values, float32 (n, N).

    Args:
        dump: the dump, which is read once for each slab.
        neurons: consecutive neurons.
        rows: bool mask of the N words to read.

    Raises:
        InputError: if a value is not finite.
    """
    first, last, _ = neurons.indices(len(dump.neurons))
    width = max(1, MOST // max(1, int(rows.sum())))
    for start in range(first, last, width):
        end = min(start + width, last)
        yield slice(start - first, end - first), columns_of(dump, slice(start, end), rows)
