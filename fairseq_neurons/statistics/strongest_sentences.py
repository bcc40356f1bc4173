"""The sentences in which a neuron does most."""

from __future__ import annotations

import numpy as np


def strongest_sentences(values: np.ndarray, offsets: np.ndarray, count: int = 5, lowest: bool = False) -> list[int]:
    """The sentences that hold the highest values, each once, the highest first.

    Args:
        values: of one neuron at every word, (N,) floats; see :func:`.columns.column_of`.
        offsets: int64 (sentences + 1,), sentence s owns the words ``offsets[s]:offsets[s+1]``; it may own none.
        count: how many sentences at most.
        lowest: those of the lowest values instead, the lowest first.

    Returns:
        Sentences, from 0; of sentences with equal values the earlier ones first.
    """
    spoken = np.flatnonzero(np.diff(offsets))
    if not len(spoken):
        return []
    # Sentences without words own nothing between the starts of the others.
    peaks = np.maximum.reduceat(-values if lowest else values, offsets[spoken])
    return spoken[np.argsort(-peaks, kind="stable")[:count]].tolist()
