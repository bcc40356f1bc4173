"""Scores of one neuron at a time: the F-test of its labels' means, and its mutual information with the labels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from sklearn.feature_selection import f_classif

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.rankings.mutual_information import mutual_information, without_ties
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, sample

# The F-test copies its columns more than once, in float64.
COLUMNS = 256


def f_test(X: Design, y: np.ndarray, labels: int, seed: int = 1, words: int = 20_000) -> NeuronScores:
    """Score by F, the variance between labels over that within: one-way ANOVA, scikit-learn's ``f_classif``.

    Overall it is of all labels, per label of that one against the rest. It is 0 for neurons that never change, and the
    largest float64 for those that never change within a label.

    Args:
        X: the values, (N, D).
        y: int64 (N,).
        labels: L.
        seed: of the sample.
        words: how many are looked at, at most; a random sample if there are more.

    Raises:
        InputError: if labels and words do not fit, or a value is not a finite number.
    """
    check_labels(X, y, labels)
    X, y = sample(X, y, words, seed)
    values = X.dense()
    scores = []
    for start in range(0, values.shape[1], COLUMNS):
        changes, changing = _changing(values[:, start : start + COLUMNS])
        scores.append(_score(y, labels, changes, partial(_f, changing)))
    return NeuronScores(
        np.concatenate([score.overall for score in scores]),
        np.concatenate([score.per_label for score in scores], axis=1),
    )


def mutual_info(X: Design, y: np.ndarray, labels: int, seed: int = 1, words: int = 2_000) -> NeuronScores:
    """Score by the mutual information of neuron and label in nats, from 3 nearest neighbours.

    The estimate is that of scikit-learn's ``mutual_info_classif`` (Ross 2014), see :func:`mutual_information`. Overall
    it is of all labels, per label of that one against the rest; 0 for neurons that never change.

    Args:
        X: the values, (N, D).
        y: int64 (N,).
        labels: L.
        seed: of the sample and of the noise that breaks ties.
        words: how many are looked at, at most; a random sample if there are more.

    Raises:
        InputError: if labels and words do not fit, or a value is not a finite number.
    """
    check_labels(X, y, labels)
    X, y = sample(X, y, words, seed)
    changes, values = _changing(X.dense())
    rows = without_ties(values, seed) if changes.any() else values.T
    return _score(y, labels, changes, partial(mutual_information, rows))


def _score(y: np.ndarray, labels: int, changes: np.ndarray, method: Callable[[np.ndarray], np.ndarray]) -> NeuronScores:
    """Run a method for all labels and for each against the rest; neurons that do not change, (D,), score 0."""
    overall, per_label = np.zeros(len(changes)), np.zeros((labels, len(changes)))
    if changes.any() and y.min() < y.max():
        overall[changes] = method(y)
        for label in np.unique(y):
            per_label[label, changes] = method((y == label).astype(np.int64))
    return NeuronScores(overall, per_label)


def _changing(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which columns, (D,), ever change, and those, float64, less their first value: offsets would cost F digits."""
    changes = (values != values[0]).any(axis=0)
    kept = values[:, changes].astype(np.float64)
    return changes, kept - kept[0]


def _f(values: np.ndarray, classes: np.ndarray) -> np.ndarray:
    if len(np.unique(classes)) == len(classes):
        return np.zeros(values.shape[1])  # no label has two words to vary
    with np.errstate(divide="ignore", over="ignore"):
        f = f_classif(values, classes)[0]
    # Without variance within labels, rounding may leave a tiny negative one, and F hugely negative.
    return np.minimum(np.where(f < -1, np.inf, np.maximum(f, 0)), np.finfo(np.float64).max)
