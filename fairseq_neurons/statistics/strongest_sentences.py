"""The sentences with the highest or lowest values of a neuron."""

from __future__ import annotations

import numpy as np


def strongest_sentences(values: np.ndarray, offsets: np.ndarray, count: int = 5, lowest: bool = False) -> list[int]:
    """Find the sentences with the highest values of a neuron, by descending maximum.

    Args:
        values: (N,) floats, one neuron at every word, see :func:`.neuron_columns.column_of`.
        offsets: int64 (sentences + 1,); sentence s has the words ``offsets[s]:offsets[s+1]``, possibly none.
        count: maximum number of sentences.
        lowest: find the lowest values instead, by ascending minimum.

    Returns:
        Indices of sentences; ties in the order of the text.
    """
    nonempty = np.flatnonzero(np.diff(offsets))
    if not len(nonempty):
        return []
    # Sentences without words do not change where the others start and end.
    peaks = np.maximum.reduceat(-values if lowest else values, offsets[nonempty])
    return nonempty[np.argsort(-peaks, kind="stable")[:count]].tolist()
