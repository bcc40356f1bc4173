"""How good predictions are, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.stats import bootstrap
from sklearn.metrics import precision_recall_fscore_support

from fairseq_neurons.errors import InputError

# Of a batch of resamples, one array: indices, sums and counts each take one.
BATCH_BYTES = 16 << 20


@dataclass(frozen=True)
class LabelScores:
    """Scores of every label, each (L,); 0 where nothing was predicted or nothing was there to find.

    Args:
        precision: float64, of the words predicted to have the label, the share that has it.
        recall: float64, of the words that have it, the share predicted to.
        f1: float64, the harmonic mean of the two.
        support: int64, words that have it.
    """

    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    support: np.ndarray


class Difference(NamedTuple):
    """Accuracy of one minus that of the other, with its interval."""

    value: float
    low: float
    high: float


def accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    """The share of the words, (N,) each, whose label is predicted; nan without words.

    Raises:
        InputError: if there are not as many predictions as labels.
    """
    _check_lengths(truth, predicted)
    return float(np.mean(np.equal(truth, predicted))) if len(truth) else float("nan")


def label_scores(truth: np.ndarray, predicted: np.ndarray, labels: int) -> LabelScores:
    """Precision, recall, F1 and support of labels 0 to ``labels`` - 1.

    Args:
        truth: int64 (N,).
        predicted: int64 (N,).
        labels: how many there are, L.

    Raises:
        InputError: if there are not as many predictions as labels.
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
    """A confidence interval of an accuracy: the percentile bootstrap over sentences.

    Words of a sentence are not independent, so sentences are drawn, with replacement, and with them all their words
    (Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13; Koehn 2004 for drawing sentences).

    Args:
        correct: bool (N,), whether each word's label is predicted.
        sentence: int64 (N,), which sentence each is of; any numbers.
        confidence: between 0 and 1.
        resamples: how often the test set is drawn anew.
        seed: of the draws.

    Returns:
        The lower and the upper end; (nan, nan) if there are fewer than two sentences, which tell nothing about the
        variation between them.

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
    """Accuracy of a minus that of b on the same words, with a paired interval: both are scored on the same draws.

    Args:
        correct_a: bool (N,).
        correct_b: bool (N,).
        sentence: see :func:`accuracy_interval`, as for the others.
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
    """Of the mean of ``values``, float64 (N,), over draws of sentences."""
    _check_lengths(values, sentence)
    if not 0 < confidence < 1 or resamples < 1:
        raise InputError(f"confidence={confidence}, resamples={resamples}: give one in (0, 1) and one of 1 or more.")
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
