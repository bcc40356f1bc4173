"""F-statistic and mutual information against their formulas and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_classif

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.rankings import univariate
from fairseq_neurons.rankings.univariate import f_test, mutual_info
from tests.rankings.planted_neurons import CONSTANT, LABELS, PLANTED, labelled_words


def literal_f(x: np.ndarray, y: np.ndarray) -> float:
    groups = [x[y == label] for label in sorted(set(y.tolist()))]
    between = sum(len(group) * (group.mean() - x.mean()) ** 2 for group in groups) / (len(groups) - 1)
    within = sum(((group - group.mean()) ** 2).sum() for group in groups) / (len(x) - len(groups))
    return between / within if within else 0.0


@pytest.mark.parametrize("columns", [256, 5])
def test_f__equals_the_ratio_of_variances(columns: int, monkeypatch):
    monkeypatch.setattr(univariate, "COLUMNS", columns)
    X, y = labelled_words()
    X[:, CONSTANT] = 0
    scores = f_test(Design(X), y, LABELS)
    np.testing.assert_allclose(scores.overall, [literal_f(x, y) for x in X.T], rtol=1e-9)
    for label in range(4):
        expected = [literal_f(x, (y == label).astype(int)) for x in X.T]
        np.testing.assert_allclose(scores.per_label[label], expected, rtol=1e-9, atol=1e-12)


def test_f_of_float32_with_an_offset__loses_no_digits():
    X, y = labelled_words()
    X = np.round(X * 1024).astype(np.float32) / 1024
    moved = f_test(Design(X + np.float32(4096)), y, LABELS)
    np.testing.assert_allclose(moved.overall, f_test(Design(X), y, LABELS).overall, rtol=1e-9)


@pytest.mark.parametrize("rounded", [None, 0, 1])
def test_mutual_information__equals_scikit_learns(rounded: int | None):
    X, y = labelled_words()
    X = X[:, np.arange(12) != CONSTANT]
    X = X if rounded is None else np.round(X, rounded)  # many words with the same value
    scores = mutual_info(Design(X), y, LABELS, seed=4)
    options = {"discrete_features": False, "random_state": 4}
    # Subtracting the value of the first word shifts the noise that breaks ties.
    tolerance = 1e-12 if rounded is None else 0.05
    np.testing.assert_allclose(scores.overall, mutual_info_classif(X, y, **options), atol=tolerance)
    for label in range(4):
        expected = mutual_info_classif(X, y == label, **options)
        np.testing.assert_allclose(scores.per_label[label], expected, atol=tolerance)


def test_a_neuron_that_is_the_label__has_the_labels_entropy():
    y = np.repeat([0, 1], 500)
    X = np.random.default_rng(0).normal(size=(1000, 2))
    X[:, 1] = y
    assert mutual_info(Design(X), y, 2).overall[1] == pytest.approx(np.log(2), abs=0.01)
    assert mutual_info(Design(X), y, 2).overall.argmax() == 1


def test_labels_unrelated_to_a_neuron__score_low():
    X, y = labelled_words()
    scores = f_test(Design(X), y, LABELS)
    assert scores.overall[0] < 5 < 100 < scores.overall[PLANTED]
