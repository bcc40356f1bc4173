"""The Probeless ranking against the sum over pairs of labels."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.rankings.probeless import probeless
from tests.rankings.planted_neurons import LABELS, labelled_words


def literal_probeless(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    means = {label: np.mean([x for x, own in zip(X, y) if own == label], axis=0) for label in set(y.tolist())}
    overall, per_label = np.zeros(X.shape[1]), np.zeros((LABELS, X.shape[1]))
    for one, other in combinations(means, 2):
        difference = np.abs(means[one] - means[other])
        overall += difference
        per_label[one] += difference
        per_label[other] += difference
    return overall, per_label


def test_scores__equal_the_sum_over_pairs_of_labels():
    X, y = labelled_words()
    overall, per_label = literal_probeless(X, y)
    scores = probeless(Design(X), y, LABELS)
    np.testing.assert_allclose(scores.overall, overall, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(scores.per_label, per_label, rtol=1e-12, atol=1e-14)


def test_a_large_offset__costs_no_digits():
    X, y = labelled_words()
    X = np.round(X * 1024) / 1024
    moved = probeless(Design(X + 2.0**30), y, LABELS)
    np.testing.assert_allclose(moved.overall, probeless(Design(X), y, LABELS).overall, rtol=1e-12)


def test_worked_example__has_the_expected_scores():
    X = np.array([[0.0], [2.0], [4.0], [-3.0]])
    scores = probeless(Design(X), np.array([0, 0, 1, 2]), 3)
    assert scores.overall.tolist() == [3 + 4 + 7] and scores.per_label.ravel().tolist() == [7, 10, 11]
