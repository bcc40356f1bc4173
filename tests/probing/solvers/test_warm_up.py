from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.probing import estimator
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.solvers.certified_solver import minimise
from fairseq_neurons.probing.solvers.warm_up import MIN_WORDS, warm_up
from tests.probing.made_problems import made, problem_of


def many(seed: int):
    X, y = made(seed, words=MIN_WORDS + 500, neurons=8, labels=4)
    return X.astype(np.float32), y


def test_warm_up__ends_well_below_the_loss_without_weights():
    problem = problem_of(*many(1), 1e-4, 1e-4)
    _, objective = problem.evaluate(*warm_up(problem.design, problem.loss, problem.penalty))
    optimum = minimise(problem, torch.zeros(4, 8), problem.loss.start, 1e-5, 500).certificate.objective
    assert objective - optimum < 0.1 * (problem.loss.null - optimum)


@pytest.mark.parametrize("weights", [None, "balanced"])
@pytest.mark.parametrize("order", ["drawn", "sorted by label"])
def test_optimum__is_the_same_with_and_without_warm_up(monkeypatch, order, weights):
    X, y = many(2)
    if order != "drawn":
        X, y = X[np.argsort(y)], np.sort(y)
    found = ElasticNetProbe(1e-4, 1e-4, class_weight=weights).fit(X, y)
    monkeypatch.setattr(estimator, "MIN_WORDS", len(X) + 1)
    expected = ElasticNetProbe(1e-4, 1e-4, class_weight=weights).fit(X, y)
    assert found.gap_ <= 1e-3 * found.objective_
    assert found.objective_ == pytest.approx(expected.objective_, rel=1e-3)


@pytest.mark.parametrize("start", [1e3, float("nan")])
def test_a_start_worse_than_nothing__is_not_used(start):
    problem = problem_of(*made(3), 1e-2, 1e-2)
    weights = torch.full((3, 6), start, dtype=torch.float64)
    weights[0] *= -1
    now = problem.first_iterate(weights, problem.loss.start)
    assert not now.weights.any()
    assert now.objective == pytest.approx(problem.loss.null)
    assert minimise(problem, weights, problem.loss.start, 1e-6, 100).converged


def test_a_good_start__is_used():
    problem = problem_of(*made(3), 1e-2, 1e-2)
    best = minimise(problem, torch.zeros(3, 6).double(), problem.loss.start, 1e-8, 100)
    assert torch.equal(problem.first_iterate(best.weights, best.bias).weights, best.weights)
