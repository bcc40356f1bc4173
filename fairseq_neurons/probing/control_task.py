"""Control tasks: random labels of word types, which a probe can only memorise (Hewitt & Liang 2019)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from fairseq_neurons.errors import InputError


def control_labels(words: Sequence[str], counts: np.ndarray, seed: int = 1) -> np.ndarray:
    """Assign one random label to every word type, drawn from the labels' distribution over the training words.

    Hewitt & Liang 2019, "Designing and Interpreting Probes with Control Tasks", section 2. The draw is a hash of seed
    and word, so that a word has the same label in training and test data, whatever their other words and order.

    >>> control_labels(["the", "dog", "the"], np.array([5, 3, 2]), seed=4)
    array([0, 2, 0])

    Args:
        words: N words.
        counts: (L,) non-negative numbers, the frequencies of the labels in the training data
            (``np.bincount(labels, minlength=L)``); only their proportions matter.
        seed: of the draws.

    Returns:
        int64 (N,); a label whose count is 0 does not occur.

    Raises:
        InputError: if a count is negative or not finite, or all are 0.
    """
    cumulated = _cumulated(counts)
    numbers = {word: _uniform(word, seed) for word in set(words)}
    drawn = np.array([numbers[word] for word in words], dtype=np.float64)
    return np.searchsorted(cumulated, drawn, side="right").astype(np.int64)


def selectivity(accuracy: float, control_accuracy: float) -> float:
    """Selectivity of a probe: its accuracy minus that on the control task."""
    return accuracy - control_accuracy


def _cumulated(counts: np.ndarray) -> np.ndarray:
    weights = np.asarray(counts, dtype=np.float64)
    if weights.ndim != 1 or not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise InputError("A control task needs a count for every label: none may be negative, and not all may be 0.")
    sums = np.cumsum(weights)
    return sums / sums[-1]


def _uniform(word: str, seed: int) -> float:
    """A number in [0, 1) that depends only on the word and the seed."""
    digest = hashlib.blake2b(f"{seed} {word}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    # The mantissa of a float64 has 53 bits; more could round up to 1.
    return (int.from_bytes(digest, "big") >> 11) / 2**53
