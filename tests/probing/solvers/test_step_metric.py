"""The metric is the covariance of the neurons over uncertain words, per label."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.probing.solvers.step_metric import LABEL_EXPONENT, Metric
from tests.probing.made_problems import made, problem_of
from tests.probing.solvers.quadratic_models import D, L, drawn, metric_of


def test_change_of_basis__is_orthogonal_and_inverted_by_from_basis():
    metric, W = metric_of(), drawn(8, L, D)
    torch.testing.assert_close(metric.from_basis(metric.to_basis(W)), W)
    torch.testing.assert_close(metric.to_basis(W).norm(), W.norm())


def test_curvature__is_an_eigenvalue_times_the_number_of_the_label():
    metric = metric_of()
    expected = [[metric.labels[i] * metric.spectrum[j] for j in range(D)] for i in range(L)]
    torch.testing.assert_close(metric.curvature, torch.tensor(expected))
    assert (metric.curvature > 0).all()


def test_matrix__is_the_covariance_over_uncertain_words():
    X, y = made(2, neurons=D, labels=L)
    problem = problem_of(X, y, 0, 0)
    at, _ = problem.evaluate(drawn(2, L, D), problem.loss.start)
    metric = Metric.of(problem.design, problem.loss, at)
    p = torch.softmax(at.scores + at.bias, dim=1).numpy()
    words = (p * (1 - p)).sum(axis=1) / len(y) + 1e-3 / len(y)
    expected = np.cov(X.T, aweights=words, ddof=0)
    np.testing.assert_allclose(metric.basis @ torch.diag(metric.spectrum) @ metric.basis.T, expected, atol=1e-10)
    uncertainty = (p * (1 - p)).mean(axis=0)
    assert metric.total == pytest.approx(uncertainty.sum())
    shares = uncertainty / uncertainty.sum()
    np.testing.assert_allclose(metric.labels, uncertainty.sum() * shares**LABEL_EXPONENT)
