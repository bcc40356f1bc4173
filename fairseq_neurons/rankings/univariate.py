"""Univariate scores: the F-statistic of the means of labels, and the mutual information with the labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.feature_selection import f_classif

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.rankings.mutual_information import mutual_information, without_ties
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, sample

# Columns per call of the F-test, which makes several float64 copies of them.
COLUMNS = 256


def f_test(X: Design, y: np.ndarray, labels: int, seed: int = 1, words: int = 20_000) -> NeuronScores:
    """Score by the F-statistic of a one-way analysis of variance (scikit-learn's ``f_classif``).

    The overall score compares all labels; the score for a label compares it with all other labels. It is 0 for constant
    neurons, and the largest float64 for neurons that are constant within each label.

    Args:
        X: (N, D) values.
        y: int64 (N,), label indices.
        labels: number of labels, L.
        seed: of the sample.
        words: maximum number of words; of more words, a random sample is used.

    Raises:
        InputError: if labels and words do not match, or a value is not finite.
    """
    check_labels(X, y, labels)
    X, y = sample(X, y, words, seed)
    values = X.dense()
    scores = []
    for start in range(0, values.shape[1], COLUMNS):
        varies, varying = _varying(values[:, start : start + COLUMNS])
        scores.append(_score(y, labels, varies, partial(_f, varying)))
    return NeuronScores(
        np.concatenate([score.overall for score in scores]),
        np.concatenate([score.per_label for score in scores], axis=1),
    )


def mutual_info(X: Design, y: np.ndarray, labels: int, seed: int = 1, words: int = 2_000) -> NeuronScores:
    """Score by the mutual information of neuron and label in nats, estimated from 3 nearest neighbours.

    The estimator is that of scikit-learn's ``mutual_info_classif`` (Ross 2014), see :func:`mutual_information`. The
    overall score is for all labels; the score for a label compares it with all other labels. Constant neurons score 0.

    Args:
        X: (N, D) values.
        y: int64 (N,), label indices.
        labels: number of labels, L.
        seed: of the sample and of the noise that breaks ties.
        words: maximum number of words; of more words, a random sample is used.

    Raises:
        InputError: if labels and words do not match, or a value is not finite.
    """
    check_labels(X, y, labels)
    X, y = sample(X, y, words, seed)
    varies, values = _varying(X.dense())
    rows = without_ties(values, seed) if varies.any() else values.T
    return _score(y, labels, varies, partial(mutual_information, rows))


def _score(y: np.ndarray, labels: int, varies: np.ndarray, method: Callable[[np.ndarray], np.ndarray]) -> NeuronScores:
    """Apply a method to all labels, and to each label against the others; constant neurons score 0."""
    overall, per_label = np.zeros(len(varies)), np.zeros((labels, len(varies)))
    if varies.any() and y.min() < y.max():
        overall[varies] = method(y)
        for label in np.unique(y):
            per_label[label, varies] = method((y == label).astype(np.int64))
    return NeuronScores(overall, per_label)


def _varying(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which columns vary, bool (D,), and these columns minus their first value, float64: an offset costs precision."""
    varies = (values != values[0]).any(axis=0)
    kept = values[:, varies].astype(np.float64)
    return varies, kept - kept[0]


def _f(values: np.ndarray, classes: np.ndarray) -> np.ndarray:
    if len(np.unique(classes)) == len(classes):
        return np.zeros(values.shape[1])  # without two words of a label, there is no variance within labels
    with np.errstate(divide="ignore", over="ignore"):
        f = f_classif(values, classes)[0]
    # If there is no variance within labels, rounding may make it slightly negative, and F very negative.
    return np.minimum(np.where(f < -1, np.inf, np.maximum(f, 0)), np.finfo(np.float64).max)
