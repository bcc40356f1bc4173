"""The group lasso against literal sums, and its probes against proximal gradient steps taken to convergence."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.penalties.group_lasso import GroupLasso
from tests.probing.made_problems import made

SIZES = (2, 3, 1)
BLOCKS = (slice(0, 2), slice(2, 5), slice(5, 6))


def weights_of(seed: int) -> torch.Tensor:
    generator = np.random.default_rng(seed)
    weights = generator.standard_normal((4, 6))
    weights[0, :2] = 0
    return torch.from_numpy(weights)


def literal_value(theta: np.ndarray, l1: float, l2: float) -> float:
    norms = sum(math.sqrt(b.stop - b.start) * np.linalg.norm(row[b]) for row in theta for b in BLOCKS)
    return l1 * norms + l2 * (theta**2).sum()


def literal_shrink(theta: np.ndarray, limit: float) -> np.ndarray:
    result = np.zeros_like(theta)
    for row, out in zip(theta, result):
        for b in BLOCKS:
            norm, most = np.linalg.norm(row[b]), limit * math.sqrt(b.stop - b.start)
            if norm > most:
                out[b] = row[b] * (1 - most / norm)
    return result


def proximal_gradient(X: np.ndarray, y: np.ndarray, l1: float, l2: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Weights, bias and objective of plain proximal gradient steps, until no step moves anything."""
    labels, (words, neurons) = int(y.max()) + 1, X.shape
    theta, bias = np.zeros((labels, neurons)), np.zeros(labels)
    rate = 1 / (np.linalg.norm(np.c_[X, np.ones(words)], 2) ** 2 / (2 * words) + 2 * l2)
    for _ in range(100_000):
        scores = X @ theta.T + bias
        p = np.exp(scores - scores.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[np.arange(words), y] -= 1
        following = literal_shrink(theta - rate * (p.T @ X / words + 2 * l2 * theta), rate * l1)
        moved = max(np.abs(following - theta).max(), np.abs(p.mean(0)).max())
        theta, bias = following, bias - rate * p.mean(0)
        if moved < 1e-12:
            break
    scores = X @ theta.T + bias
    loss = (np.log(np.exp(scores).sum(1)) - scores[np.arange(words), y]).mean()
    return theta, bias, loss + literal_value(theta, l1, l2)


@pytest.mark.parametrize("seed", range(3))
def test_value_and_shrink__are_the_literal_ones(seed):
    weights, penalty = weights_of(seed), GroupLasso(0.3, 0.2, SIZES)
    assert penalty.value(weights) == pytest.approx(literal_value(weights.numpy(), 0.3, 0.2), abs=1e-12)
    strength = torch.tensor([[0.5], [1.0], [2.0], [4.0]], dtype=torch.float64)
    found = penalty.shrink(weights, strength).numpy()
    for row, s, expected in zip(weights.numpy(), strength[:, 0].tolist(), found):
        np.testing.assert_allclose(literal_shrink(row[None], 0.3 / s)[0], expected, atol=1e-12)


@pytest.mark.parametrize("l2", [0.2, 0.0])
def test_conjugate__is_never_exceeded_and_reached(l2):
    penalty, slope = GroupLasso(0.3, l2, SIZES), weights_of(7)
    slope = slope * penalty.dual_scale(slope)
    bound = penalty.conjugate(slope)
    assert math.isfinite(bound)
    for seed in range(20):
        theta = weights_of(seed)
        assert (slope * theta).sum().item() - penalty.value(theta) <= bound + 1e-12
    if l2:
        best = penalty.shrink(slope, torch.ones(4, 1, dtype=torch.float64)) / (2 * l2)
        assert (slope * best).sum().item() - penalty.value(best) == pytest.approx(bound)


@pytest.mark.parametrize(("l1", "l2"), [(0.02, 1e-3), (0.05, 0.0), (0.0, 1e-2)])
def test_probe__is_that_of_proximal_gradient_steps(l1, l2):
    X, y = made(3)
    penalty = GroupLasso(l1, l2, SIZES)
    probe = ElasticNetProbe(penalty=penalty, tolerance=1e-7, max_iter=2000).fit(X, y)
    theta, _, objective = proximal_gradient(X, y, l1, l2)
    # The gap is a bound: no objective is further below the probe's.
    assert -1e-10 <= probe.objective_ - objective <= probe.gap_ + 1e-10
    assert probe.gap_ <= 1e-7 * probe.objective_ and probe.stationarity_ <= 1e-4
    np.testing.assert_allclose(probe.coef_, theta, atol=1e-3)


def test_labels__use_whole_blocks_or_none_of_their_neurons():
    X, y = made(3)
    coef = ElasticNetProbe(penalty=GroupLasso(0.08, 0.0, SIZES), tolerance=1e-5).fit(X, y).coef_
    used = np.array([[np.count_nonzero(row[b]) for b in BLOCKS] for row in coef])
    assert set(used.ravel().tolist()) <= {0, *SIZES} and (used == 0).any() and used.any()
    for column, size in enumerate(SIZES):
        assert set(used[:, column].tolist()) <= {0, size}


def test_blocks_of_one_neuron__are_the_elastic_net():
    X, y = made(5)
    ours = ElasticNetProbe(penalty=GroupLasso(0.02, 1e-3, (1,) * 6), tolerance=1e-6).fit(X, y)
    theirs = ElasticNetProbe(0.02, 1e-3, tolerance=1e-6).fit(X, y)
    assert ours.objective_ == pytest.approx(theirs.objective_, rel=2e-6)
    weights = weights_of(1)
    assert GroupLasso(0.3, 0.2, (1,) * 6).value(weights) == pytest.approx(ElasticNet(0.3, 0.2).value(weights))


def test_many_words__warm_up_and_converge():
    X, y = made(2, words=9000)
    probe = ElasticNetProbe(penalty=GroupLasso(0.01, 1e-4, SIZES)).fit(X.astype(np.float32), y)
    assert probe.gap_ <= 1e-3 * probe.objective_


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ((-1.0, 0.0, SIZES), "l1=-1.0: a penalty is zero"),
        ((1.0, math.inf, SIZES), "l2=inf: a penalty is zero"),
        ((1.0, 0.0, (2, 0)), r"sizes=\[2, 0\]: give the number of neurons of each block"),
    ],
)
def test_invalid_numbers__are_refused(numbers, sentence):
    with pytest.raises(InputError, match=sentence):
        GroupLasso(*numbers)


def test_blocks_of_other_neurons__are_refused_before_anything_is_fitted():
    X, y = made(3)
    with pytest.raises(InputError, match=r"sizes=\[2, 3\] are 5 neurons, but there are 6"):
        ElasticNetProbe(penalty=GroupLasso(0.1, 0.0, (2, 3))).fit(X, y)
    with pytest.raises(InputError, match="authors' recipe has its own penalty"):
        ElasticNetProbe(solver="authors", penalty=GroupLasso(0.1, 0.0, SIZES)).fit(X, y)
