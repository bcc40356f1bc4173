"""Scores of predictions, and confidence intervals of accuracies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.stats import bootstrap
from sklearn.metrics import precision_recall_fscore_support

from fairseq_neurons.errors import InputError

# Size of each array of a batch of resamples; there is one for indices, sums and counts each.
BATCH_BYTES = 16 << 20


@dataclass(frozen=True)
class LabelScores:
    """Scores of every label, (L,) each; 0 where the denominator is 0.

    Args:
        precision: float64, share of the words predicted to have the label that have it.
        recall: float64, share of the words with the label that are predicted to have it.
        f1: float64, harmonic mean of precision and recall.
        support: int64, number of words with the label.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


class Difference(NamedTuple):
    """Difference of two accuracies, with its interval."""

    value: float
    low: float
    high: float


def accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Compute the share of words whose label is predicted correctly, from labels and predictions, (N,) each.

    It is nan without words.

    Raises:
        InputError: if the lengths differ.
    """
    _check_lengths(truth, predicted)
    return float(np.mean(np.equal(truth, predicted))) if len(truth) else float("nan")


def label_scores(truth: np.ndarray, predicted: np.ndarray, labels: int) -> LabelScores:
    """Compute precision, recall, F1 and support of labels 0 to ``labels`` - 1.

    Args:
        truth: int64 (N,).
        predicted: int64 (N,).
        labels: number of labels, L.

    Raises:
        InputError: if the lengths differ.
    """
    _check_lengths(truth, predicted)
    every = np.arange(labels)
    if not len(truth):
        nothing = np.zeros(labels)
        return LabelScores(nothing, nothing, nothing, nothing.astype(np.int64))
    precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=every, zero_division=0.0)
    return LabelScores(precision, recall, f1, support.astype(np.int64))


def accuracy_interval(
    correct: np.ndarray, sentence: np.ndarray, confidence: float = 0.95, resamples: int = 1000, seed: int = 1
) -> tuple[float, float]:
    """Estimate a confidence interval of an accuracy by the percentile bootstrap over sentences.

    Words of a sentence are not independent. So sentences are resampled with replacement, with all their words (Efron &
    Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13; Koehn 2004 for resampling sentences).

    Args:
        correct: bool (N,), whether each word's label is predicted correctly.
        sentence: int64 (N,), an id of each word's sentence.
        confidence: between 0 and 1.
        resamples: number of bootstrap resamples.
        seed: of the resamples.

    Returns:
        The lower and the upper end; (nan, nan) with fewer than two sentences, whose variation cannot be estimated.

    Raises:
        InputError: if ``correct`` and ``sentence`` differ in length or a setting is out of range.
    """
    return _interval(np.asarray(correct, dtype=bool).astype(np.float64), sentence, confidence, resamples, seed)


def accuracy_difference(
    correct_a: np.ndarray,
    correct_b: np.ndarray,
    sentence: np.ndarray,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 1,
) -> Difference:
    """Compute accuracy of a minus that of b on the same words, with a paired interval from the same resamples.

    Args:
        correct_a: bool (N,).
        correct_b: bool (N,).
        sentence: as for :func:`accuracy_interval`.
        confidence: likewise.
        resamples: likewise.
        seed: likewise.

    Raises:
        InputError: as :func:`accuracy_interval` does.
    """
    _check_lengths(correct_a, correct_b)
    gained = np.asarray(correct_a, dtype=bool).astype(np.float64) - np.asarray(correct_b, dtype=bool)
    value = float(gained.mean()) if len(gained) else float("nan")
    return Difference(value, *_interval(gained, sentence, confidence, resamples, seed))


def _interval(
    values: np.ndarray, sentence: np.ndarray, confidence: float, resamples: int, seed: int
) -> tuple[float, float]:
    """Interval of the mean of ``values``, float64 (N,), over resampled sentences."""
    _check_lengths(values, sentence)
    if not 0 < confidence < 1 or resamples < 1:
        raise InputError(
            f"confidence={confidence}, resamples={resamples}: confidence must be between 0 and 1, and resamples at "
            "least 1."
        )
    _, groups, words = np.unique(sentence, return_inverse=True, return_counts=True)
    if len(words) < 2:
        return float("nan"), float("nan")
    found = bootstrap(
        (np.bincount(groups, weights=values), words),
        _mean_of_words,
        paired=True,
        vectorized=True,
        method="percentile",
        confidence_level=confidence,
        n_resamples=resamples,
        batch=max(1, BATCH_BYTES // (8 * len(words))),
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return float(found.low), float(found.high)


def _mean_of_words(sums: np.ndarray, words: np.ndarray, axis: int = -1) -> np.ndarray:
    return sums.sum(axis=axis) / words.sum(axis=axis)


def _check_lengths(first: np.ndarray, second: np.ndarray) -> None:
    if np.shape(first) != np.shape(second) or np.ndim(first) != 1:
        raise InputError(
            f"Scores need two equally long lists of words, not shapes {np.shape(first)}, {np.shape(second)}."
        )
