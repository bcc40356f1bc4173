"""Mutual information from nearest neighbours against scikit-learn, and the literal estimator."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import digamma
from sklearn.feature_selection import mutual_info_classif

from fairseq_neurons.rankings.mutual_information import NEIGHBOURS, mutual_information, without_ties
from tests.rankings.planted_neurons import CONSTANT, labelled_words


def literal(x: np.ndarray, y: np.ndarray) -> float:
    """Ross 2014, equation 2, with sorted distances."""
    total = 0.0
    for i, label in enumerate(y):
        own = np.sort(np.abs(x[y == label] - x[i]))
        k = min(NEIGHBOURS, len(own) - 1)
        within = (np.abs(x - x[i]) < own[k]).sum()
        total += digamma(k) - digamma(len(own)) - digamma(within)
    return max(0.0, digamma(len(y)) + total / len(y))


@pytest.mark.parametrize("digits", [0, 3, 16])
def test_mutual_information_of_the_same_noise__equals_scikit_learns_to_rounding(digits: int):
    X, y = labelled_words()
    X = np.round(X[:, np.arange(12) != CONSTANT], digits)
    expected = mutual_info_classif(X, y, discrete_features=False, random_state=7)
    np.testing.assert_allclose(mutual_information(without_ties(X, 7), y), expected, atol=1e-12)


def test_estimate__equals_the_literal_one():
    rng = np.random.default_rng(3)
    y = rng.integers(0, 3, 80)
    rows = rng.normal(size=(4, 80)) + y * np.array([[0], [0.5], [2], [9]])
    np.testing.assert_allclose(mutual_information(rows, y), [literal(row, y) for row in rows], atol=1e-12)


def test_words_with_a_unique_label__are_ignored():
    rng = np.random.default_rng(4)
    y, rows = rng.integers(0, 2, 30), rng.normal(size=(2, 30))
    alone = np.append(y, 2), np.concatenate([rows, [[0.1], [0.2]]], axis=1)
    np.testing.assert_array_equal(mutual_information(alone[1], alone[0]), mutual_information(rows, y))
    assert mutual_information(rows[:, :2], np.array([0, 1])).tolist() == [0, 0]


def test_without_ties__keeps_values_and_separates_equal_ones():
    values = np.array([[1.0, 5.0], [1.0, 7.0], [3.0, 5.0]])
    rows = without_ties(values, seed=1)
    assert all(len(set(row.tolist())) == 3 for row in rows)
    np.testing.assert_allclose(rows.T * values.std(axis=0), values, atol=1e-8)
