from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.solvers import subproblem
from fairseq_neurons.probing.solvers.secants import Curvature, Secants
from fairseq_neurons.probing.solvers.step_metric import Metric
from fairseq_neurons.probing.solvers.subproblem import Subproblem
from tests.probing.made_problems import made, problem_of

L, D = 3, 4


def drawn(seed: int, *shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def secants_of(count: int, memory: int = 30) -> Secants:
    """Steps, and what a fixed quadratic function makes of them."""
    root = drawn(1, L * D, L * D)
    hessian, secants = root @ root.T / (L * D), Secants(memory)
    for seed in range(count):
        step = drawn(seed + 10, L, D)
        secants.add(step, (hessian @ step.flatten()).view(L, D))
    return secants


def dense_bfgs(diagonal: torch.Tensor, secants: Secants) -> torch.Tensor:
    """The update formula, one pair after the other."""
    B = torch.diag(diagonal.flatten())
    for step, change in secants.pairs:
        s, y = step.flatten(), change.flatten()
        Bs = B @ s
        B = B - torch.outer(Bs, Bs) / (s @ Bs) + torch.outer(y, y) / (s @ y)
    return B


@pytest.mark.parametrize("count, memory", [(0, 30), (1, 30), (5, 30), (9, 4)])
def test_curvature__is_the_dense_bfgs_matrix(count, memory):
    secants, diagonal = secants_of(count, memory), drawn(2, L, D).abs() + 0.1
    assert len(secants.pairs) == min(count, memory)
    B, W = dense_bfgs(diagonal, secants), drawn(3, L, D)
    curvature = Curvature(diagonal, secants)
    torch.testing.assert_close(curvature.times(W), (B @ W.flatten()).view(L, D))
    for shift in (drawn(4, L, 1).abs() + 0.1, drawn(4, L, D).abs() + 0.1):
        dense = B + torch.diag((torch.zeros(L, D).double() + shift).flatten())
        expected = torch.linalg.solve(dense, W.flatten()).view(L, D)
        torch.testing.assert_close(curvature.shifted(shift).solve(W), expected)


def test_secants__forget_steps_on_which_the_loss_does_not_bend():
    secants, step = Secants(), drawn(5, L, D)
    for change in (torch.zeros(L, D).double(), -step, 1e-12 * step):
        secants.add(step, change)
    assert len(secants.pairs) == 1


def test_rebased_secants__are_the_same_in_another_basis():
    secants, rotation = secants_of(5), torch.linalg.qr(drawn(6, D, D))[0]
    even, W = torch.full((L, D), 0.7).double(), drawn(7, L, D)
    before = Curvature(even, secants).times(W) @ rotation
    secants.rebase(lambda weights: weights @ rotation)
    torch.testing.assert_close(Curvature(even, secants).times(W @ rotation), before)


def metric_of(seed: int = 1) -> Metric:
    problem = problem_of(*made(seed, neurons=D, labels=L), 0, 0)
    at, _ = problem.evaluate(drawn(seed, L, D), problem.loss.start)
    return Metric.of(problem.design, problem.loss, at)


def test_metric__turns_there_and_back():
    metric, W = metric_of(), drawn(8, L, D)
    torch.testing.assert_close(metric.back(metric.turn(W)), W)
    torch.testing.assert_close(metric.turn(W).norm(), W.norm())
    assert (metric.curvature > 0).all() and metric.curvature.shape == (L, D)


def test_metric__is_the_covariance_over_uncertain_words():
    X, y = made(2, neurons=D, labels=L)
    problem = problem_of(X, y, 0, 0)
    at, _ = problem.evaluate(drawn(2, L, D), problem.loss.start)
    metric = Metric.of(problem.design, problem.loss, at)
    words = problem.loss.word_uncertainty(at).numpy() + 1e-3 / len(y)
    expected = np.cov(X.T, aweights=words, ddof=0)
    np.testing.assert_allclose(metric.basis @ torch.diag(metric.spectrum) @ metric.basis.T, expected, atol=1e-10)


def proximal_gradient(B, W, g, penalty: ElasticNet, rounds: int = 20_000) -> torch.Tensor:
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


def test_subproblem__couples_more_strongly_what_stays_apart():
    steps = Subproblem(ElasticNet(0.1, 0.1))
    start = steps._strength
    steps._balance(apart=1.0, moved=0.1)
    assert steps._strength == 2 * start
    steps._balance(apart=1.0, moved=0.9)
    assert steps._strength == 2 * start
    for _ in range(50):
        steps._balance(apart=0.0, moved=1.0)
    assert steps._strength == subproblem.WEAKEST
