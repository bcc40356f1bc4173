"""Intersection over union against sets of words."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.iou import iou
from tests.rankings.planted_neurons import CONSTANT, LABELS, labelled_words


def literal_iou(X: np.ndarray, y: np.ndarray, threshold: float) -> np.ndarray:
    scores = np.zeros((LABELS, X.shape[1]))
    for label in set(y.tolist()):
        words = {i for i, own in enumerate(y) if own == label}
        for d in range(X.shape[1]):
            for sign in (1, -1):
                active = {i for i, x in enumerate(X[:, d]) if sign * x > threshold}
                scores[label, d] = max(scores[label, d], len(words & active) / len(words | active))
    return scores


@pytest.mark.parametrize("threshold", [0.0, 0.5, 100.0])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores__equal_those_of_sets_of_words(threshold: float, dtype: type):
    X, y = labelled_words(dtype=dtype)
    expected = literal_iou(X, y, threshold)
    expected[:, CONSTANT] = 0
    scores = iou(Design(X), y, LABELS, threshold=threshold)
    np.testing.assert_allclose(scores.per_label, expected, rtol=1e-14)
    np.testing.assert_allclose(scores.overall, expected[:4].mean(axis=0), rtol=1e-14)


def test_a_neuron_negative_for_one_label_alone__scores_1_for_it():
    X = np.array([[-0.2], [-0.9], [0.3], [0.4]])
    scores = iou(Design(X), np.array([0, 0, 1, 1]), 2)
    assert scores.per_label.tolist() == [[1.0], [1.0]] and scores.overall.tolist() == [1.0]


@pytest.mark.parametrize("threshold", [-0.1, float("nan")])
def test_a_negative_threshold__is_refused(threshold: float):
    with pytest.raises(InputError, match="threshold"):
        iou(Design(np.eye(2)), np.array([0, 1]), 2, threshold=threshold)
