"""Quadratic models of a loss, made up for tests, and the dense matrices they stand for."""

from __future__ import annotations

import numpy as np
import torch

from fairseq_neurons.probing.solvers.secants import Secants
from fairseq_neurons.probing.solvers.step_metric import Metric
from tests.probing.made_problems import made, problem_of

L, D = 3, 4


def drawn(seed: int, *shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def secants_of(count: int, memory: int = 30) -> Secants:
    """Steps, and the changes of the gradient of a fixed quadratic function along them."""
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


def metric_of(seed: int = 1) -> Metric:
    problem = problem_of(*made(seed, neurons=D, labels=L), 0, 0)
    at, _ = problem.evaluate(drawn(seed, L, D), problem.loss.start)
    return Metric.of(problem.design, problem.loss, at)
