from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from fairseq_neurons.probing.estimator import ElasticNetProbe
from tests.probing.made_problems import made, objective_of, problem_of

penalties = st.sampled_from([(1e-2, 1e-2), (1e-3, 1e-4), (2e-2, 0.0), (0.0, 1e-2)])


@given(penalties, st.integers(0, 1000), st.sampled_from([0.0, 1e-3, 0.1, 1.0, 30.0]), st.integers(2, 5))
@settings(max_examples=40, deadline=None)
def test_bound__is_below_the_optimum_from_any_weights(numbers, seed, size, labels):
    X, y = made(seed, words=50, neurons=4, labels=labels)
    optimum = ElasticNetProbe(*numbers, tolerance=1e-9 if numbers[1] else 1e-5).fit(X, y).objective_
    problem = problem_of(X, y, *numbers)
    weights = torch.from_numpy(np.random.default_rng(seed).standard_normal((labels, 4)) * size)
    at, objective = problem.evaluate(weights, problem.loss.start)
    certificate = problem.certificate(problem.iterate(weights, at, objective))
    assert certificate.bound <= optimum + 1e-12
    assert certificate.objective >= optimum * (1 - 1e-5)
    assert certificate.gap >= objective - optimum - 1e-12


@pytest.mark.parametrize("numbers", [(1e-2, 1e-2), (1e-4, 1e-5), (2e-2, 0.0), (0.0, 1e-3)])
def test_bound__holds_where_the_bias_is_not_at_its_best(numbers):
    X, y = made(2)
    probe = ElasticNetProbe(*numbers, tolerance=1e-5).fit(X, y)
    problem = problem_of(X, y, *numbers)
    at, _ = problem.evaluate(torch.from_numpy(probe.coef_), problem.loss.start)
    moved, _ = problem.loss._survey(at.scores, at.bias + torch.tensor([0.3, -0.2, 0.0]).double())
    now = problem.iterate(torch.from_numpy(probe.coef_), moved, moved.loss)
    assert problem.certificate(now).bound <= probe.objective_


@pytest.mark.parametrize("numbers", [(1e-2, 1e-2), (1e-4, 1e-5), (2e-2, 0.0), (0.0, 1e-3)])
@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-8])
def test_gap__reaches_the_tolerance_and_is_true(numbers, tolerance):
    # Without l2 the bound nears the optimum as the gradient does, not as the objective does.
    tolerance = max(tolerance, 1e-8 if numbers[1] else 1e-5)
    X, y = made(3, labels=4)
    best = ElasticNetProbe(*numbers, tolerance=1e-8 if numbers[1] else 1e-5).fit(X, y).objective_
    probe = ElasticNetProbe(*numbers, tolerance=tolerance).fit(X, y)
    assert 0 <= probe.gap_ <= tolerance * probe.objective_
    assert probe.objective_ - probe.gap_ <= best
    assert objective_of(probe, X, y) == pytest.approx(probe.objective_, abs=1e-9)


def test_stationarity__is_that_of_the_weights_in_a_literal_loop():
    X, y = made(4)
    probe = ElasticNetProbe(1e-2, 1e-3, tolerance=1e-3).fit(X, y)
    proba = probe.predict_proba(X)
    worst = 0.0
    for label in range(3):
        for neuron in range(6):
            slope = sum((p[label] - (t == label)) * x[neuron] for x, t, p in zip(X, y, proba)) / len(y)
            w = probe.coef_[label, neuron]
            slope += 2e-3 * w
            worst = max(worst, abs(slope + math.copysign(1e-2, w)) if w else max(abs(slope) - 1e-2, 0))
    assert probe.stationarity_ == pytest.approx(worst, abs=1e-10)


@pytest.mark.parametrize("scale", [1.0, 1e-2, 1e2])
def test_no_penalty__has_no_bound_and_still_ends_near_the_optimum_whatever_the_scale(scale):
    X, y = made(5, words=600)
    best = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10000).fit(X, y)
    optimum = log_loss(y, best.predict_proba(X))
    probe = ElasticNetProbe(0, 0).fit(X * scale, y)
    assert probe.objective_ == pytest.approx(optimum, rel=1e-2)
    assert probe.gap_ == probe.objective_
