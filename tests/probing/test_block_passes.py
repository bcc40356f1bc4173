"""Sums over blocks equal literal sums, word by word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.block_passes import gradient_of, scores_of, weighted_covariance

WORDS, NEURONS, LABELS = 50, 4, 3


class SmallBlocks(Design):
    """Seven words at a time, so that the last block is shorter."""

    def blocks(self, size: int = 7) -> Iterator[tuple[slice, torch.Tensor]]:
        return super().blocks(size)


@pytest.fixture
def X() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((WORDS, NEURONS))


def test_scores__are_the_products_of_words_and_weights(X):
    weights = np.random.default_rng(2).standard_normal((LABELS, NEURONS))
    expected = [[sum(x * w for x, w in zip(word, row)) for row in weights] for word in X]
    np.testing.assert_allclose(scores_of(SmallBlocks(X), torch.from_numpy(weights)), expected)


def test_gradient__is_the_sum_of_outer_products(X):
    residual = np.random.default_rng(3).standard_normal((WORDS, LABELS))
    found = gradient_of(SmallBlocks(X), lambda rows: torch.from_numpy(residual)[rows], LABELS)
    np.testing.assert_allclose(found, sum(np.outer(r, x) for r, x in zip(residual, X)))


@pytest.mark.parametrize("dtype, exact", [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_scatter__is_that_around_the_weighted_mean(X, dtype, exact):
    weight = np.random.default_rng(4).random(WORDS)
    found = weighted_covariance(SmallBlocks(X.astype(dtype)), torch.from_numpy(weight.astype(dtype)))
    mean = np.average(X, axis=0, weights=weight)
    scatter = sum(w * np.outer(x - mean, x - mean) for w, x in zip(weight, X))
    assert all(part.numpy().dtype == dtype for part in found)
    np.testing.assert_allclose(found[0], mean, atol=exact)
    np.testing.assert_allclose(found[1], scatter, atol=exact * WORDS)
