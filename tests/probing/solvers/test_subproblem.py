"""The minimum of the model equals that of plain proximal gradient steps."""

from __future__ import annotations

import pytest
import torch

from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.solvers import subproblem
from fairseq_neurons.probing.solvers.secants import Curvature
from fairseq_neurons.probing.solvers.subproblem import Subproblem
from tests.probing.solvers.quadratic_models import D, L, dense_bfgs, drawn, metric_of, secants_of


def proximal_gradient(B, W, g, penalty: ElasticNet, rounds: int) -> torch.Tensor:
    """argmin of the model, (L, D), one small step after the other."""
    strength = torch.linalg.eigvalsh(B)[-1] + penalty.ridge
    Z = W.clone()
    for _ in range(rounds):
        slope = g + (B @ (Z - W).flatten()).view(L, D) + penalty.ridge * Z
        Z = penalty.shrink(Z - slope / strength, strength)
    return Z


@pytest.mark.parametrize("numbers", [(0.1, 0.05), (0.3, 0.0), (0.0, 0.1)])
def test_subproblem__finds_the_minimum_of_its_model(numbers, monkeypatch):
    monkeypatch.setattr(subproblem, "ROUNDS", 20_000)
    monkeypatch.setattr(subproblem, "TOLERANCE", 1e-9)
    metric, penalty, secants = metric_of(), ElasticNet(*numbers), secants_of(3)
    W, g = drawn(11, L, D), drawn(12, L, D)
    turn = torch.kron(torch.eye(L).double(), metric.basis.contiguous())
    B = turn @ dense_bfgs(metric.curvature, secants) @ turn.T
    found = Subproblem(penalty).minimise(metric, Curvature(metric.curvature, secants), W, g)
    expected = proximal_gradient(B, W, g, penalty, 3000)
    torch.testing.assert_close(found, penalty.centre(expected), atol=1e-5, rtol=0)


def test_strong_l1__leaves_exact_zeros():
    metric = metric_of()
    W = torch.zeros(L, D).double()
    found = Subproblem(ElasticNet(10.0, 0.0)).minimise(metric, Curvature(metric.curvature, secants_of(0)), W, W + 0.1)
    assert not found.any()


def test_rho__follows_the_larger_residual_within_its_limits():
    steps = Subproblem(ElasticNet(0.1, 0.1))
    start = steps._rho
    steps._balance(primal=1.0, dual=0.1)
    assert steps._rho == 2 * start
    steps._balance(primal=1.0, dual=0.9)
    assert steps._rho == 2 * start
    for _ in range(50):
        steps._balance(primal=0.0, dual=1.0)
    assert steps._rho == subproblem.LEAST_RHO
    for _ in range(50):
        steps._balance(primal=1.0, dual=0.0)
    assert steps._rho == subproblem.MOST_RHO
