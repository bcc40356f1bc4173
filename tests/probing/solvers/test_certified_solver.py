"""The certified optimum is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.solvers.certified_solver import minimise
from tests.probing.made_problems import literal_objective, made, objective_of, problem_of

PENALTIES = [(1e-2, 1e-2), (3e-2, 1e-3), (2e-2, 0.0), (0.0, 1e-2), (1e-3, 5e-2)]


def saga(X, y, l1: float, l2: float, class_weight=None) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's weights (L, D) and bias (L,).

    For two labels it has one vector, the difference of ours: halves of it with opposite signs have the same l1 norm
    and half the squares.
    """
    two = len(np.unique(y)) == 2
    ridge = l2 if two else 2 * l2
    model = LogisticRegression(
        solver="saga",
        C=1 / (len(y) * (l1 + ridge)),
        l1_ratio=l1 / (l1 + ridge),
        class_weight=class_weight,
        tol=1e-11,
        max_iter=50_000,
        random_state=1,
    ).fit(X, y)
    theta, bias = model.coef_, model.intercept_
    return (np.concatenate([-theta, theta]) / 2, np.concatenate([-bias, bias]) / 2) if two else (theta, bias)


def differences(theta: np.ndarray) -> np.ndarray:
    """What the predictions depend on: without l2, two labels' weights may share a difference in many ways."""
    return theta - theta[:1]


@pytest.mark.parametrize("labels", [2, 3, 5])
@pytest.mark.parametrize("l1, l2", PENALTIES)
def test_fit__agrees_with_saga(l1, l2, labels):
    X, y = made(labels, labels=labels)
    probe = ElasticNetProbe(l1, l2, tolerance=1e-9 if l2 else 1e-5).fit(X, y)
    theta, bias = saga(X, y, l1, l2)
    assert objective_of(probe, X, y) == pytest.approx(literal_objective(X, y, theta, bias, l1, l2), abs=1e-6)
    np.testing.assert_allclose(differences(probe.coef_), differences(theta), atol=1e-3)
    if l2:
        np.testing.assert_allclose(probe.coef_, theta, atol=1e-3)
        assert (probe.coef_[np.abs(theta) > 1e-2] != 0).all()
        assert l1 == 0 or (probe.coef_ == 0).sum() >= 0.9 * (theta == 0).sum()


def test_unused_neurons__are_the_same_ones_as_sagas():
    X, y = made(4, neurons=12)
    probe = ElasticNetProbe(5e-2, 1e-3, tolerance=1e-9).fit(X, y)
    theta, _ = saga(X, y, 5e-2, 1e-3)
    np.testing.assert_array_equal((probe.coef_ == 0).all(axis=0), (theta == 0).all(axis=0))
    assert 0 < (probe.coef_ == 0).all(axis=0).sum() < 12


@pytest.mark.parametrize("class_weight", ["balanced", {0: 3.0, 2: 0.5}])
def test_class_weights__mean_what_sagas_mean(class_weight):
    X, y = made(6)
    X, y = X[(y != 1) | (np.arange(len(y)) % 3 == 0)], y[(y != 1) | (np.arange(len(y)) % 3 == 0)]
    probe = ElasticNetProbe(1e-2, 1e-2, tolerance=1e-9, class_weight=class_weight).fit(X, y)
    # Ours is a mean whose weights sum to 1; scikit-learn's a sum of them.
    counts = np.bincount(y)
    each = len(y) / (3 * counts) if class_weight == "balanced" else np.array([3.0, 1.0, 0.5])
    mean = (each * counts).sum() / len(y)
    theta, _ = saga(X, y, 1e-2 * mean, 1e-2 * mean, class_weight)
    np.testing.assert_allclose(differences(probe.coef_), differences(theta), atol=1e-3)


@pytest.mark.parametrize("l1, l2", [(1e-5, 1e-5), (1e-3, 0.0), (0.0, 1e-6)])
@pytest.mark.parametrize("seed", range(3))
def test_objective__is_no_worse_than_a_general_solvers_on_correlated_neurons(l1, l2, seed):
    X, y = made(seed, words=300, neurons=12, labels=4, mix=True)
    tolerance = 1e-7 if l2 else 1e-3
    probe = ElasticNetProbe(l1, l2, tolerance=tolerance).fit(X, y)
    theta = torch.tensor(probe.coef_, requires_grad=True)
    bias = torch.tensor(probe.intercept_, requires_grad=True)
    optimiser = torch.optim.LBFGS([theta, bias], max_iter=200, line_search_fn="strong_wolfe", tolerance_grad=1e-12)

    def closure():
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(torch.from_numpy(X) @ theta.T + bias, torch.from_numpy(y))
        value = loss + l1 * theta.abs().sum() + l2 * theta.square().sum()
        value.backward()
        return value

    start = closure().item()
    optimiser.step(closure)
    assert start == pytest.approx(probe.objective_, abs=1e-12)
    assert closure().item() > start * (1 - tolerance)


@pytest.mark.parametrize("seed", range(4))
def test_ill_conditioned_neurons__take_tens_of_steps_not_hundreds(seed):
    X, y = made(seed, words=300, neurons=12, labels=4, mix=True)
    assert ElasticNetProbe(1e-5, 1e-5, tolerance=1e-8).fit(X, y).n_iter_ < 100


def test_weighted_words__equal_repeated_words():
    X, y = made(7)
    times = np.random.default_rng(7).integers(1, 4, len(y))
    weighted = problem_of(X, y, 1e-2, 1e-2, torch.from_numpy(times / times.sum()))
    repeated = problem_of(np.repeat(X, times, axis=0), np.repeat(y, times), 1e-2, 1e-2)
    solutions = [minimise(p, torch.zeros(3, 6).double(), p.loss.start, 1e-10, 500) for p in (weighted, repeated)]
    assert solutions[0].certificate.objective == pytest.approx(solutions[1].certificate.objective, abs=1e-9)
    torch.testing.assert_close(solutions[0].weights, solutions[1].weights, atol=1e-4, rtol=0)


@pytest.mark.parametrize("scale", [1e4, 1e-4])
def test_scaled_neurons__have_the_same_probe_with_scaled_penalties(scale):
    X, y = made(8)
    plain = ElasticNetProbe(1e-2, 1e-2, tolerance=1e-8).fit(X, y)
    scaled = ElasticNetProbe(1e-2 * scale, 1e-2 * scale**2, tolerance=1e-8).fit(X * scale, y)
    assert scaled.objective_ == pytest.approx(plain.objective_, rel=1e-7)
    np.testing.assert_allclose(scaled.coef_ * scale, plain.coef_, atol=2e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e2, 1.0, 1e-4])
def test_scaled_neurons__are_solved_at_the_usual_penalties(scale, dtype):
    X, y = made(9, labels=4)
    probe = ElasticNetProbe().fit((X * scale).astype(dtype), y)
    assert probe.gap_ <= 1e-3 * probe.objective_
    assert objective_of(probe, (X * scale).astype(dtype).astype(float), y) == pytest.approx(probe.objective_, rel=1e-4)
