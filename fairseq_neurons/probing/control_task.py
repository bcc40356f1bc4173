"""Control tasks: labels that only memory can know, against which a probe's accuracy is measured."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from fairseq_neurons.errors import InputError


def control_labels(words: Sequence[str], counts: np.ndarray, seed: int = 1) -> np.ndarray:
    """Give every word type one random label, drawn from the labels' distribution over training words.

    Hewitt & Liang 2019, "Designing and Interpreting Probes with Control Tasks", section 2. The draw is a hash of seed
    and word: training and test data agree without having been seen together, whatever their other words and order.

    >>> control_labels(["the", "dog", "the"], np.array([5, 3, 2]), seed=4)
    array([0, 2, 0])

    Args:
        words: N of them, as they are written.
        counts: (L,) non-negative numbers, how frequent each label is in the training data
            (``np.bincount(labels, minlength=L)``); only their proportions matter.
        seed: of the draws.

    Returns:
        int64 (N,); a label whose count is 0 is never given.

    Raises:
        InputError: if the counts are none.
    """
    cumulated = _cumulated(counts)
    numbers = {word: _uniform(word, seed) for word in set(words)}
    drawn = np.array([numbers[word] for word in words], dtype=np.float64)
    return np.searchsorted(cumulated, drawn, side="right").astype(np.int64)


def selectivity(accuracy: float, control_accuracy: float) -> float:
    """What a probe knows beyond what it could memorise: its accuracy minus that on the control task."""
    return accuracy - control_accuracy


def _cumulated(counts: np.ndarray) -> np.ndarray:
    weights = np.asarray(counts, dtype=np.float64)
    if weights.ndim != 1 or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise InputError("A control task needs the count of every label: no negative ones, and not all of them 0.")
    sums = np.cumsum(weights)
    return sums / sums[-1]


def _uniform(word: str, seed: int) -> float:
    """A number in [0, 1) that depends on nothing but these two."""
    digest = hashlib.blake2b(f"{seed} {word}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    # A float64 holds 53 bits; more could round up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2**53
