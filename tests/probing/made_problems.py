"""Small problems, and the objective of a probe on them, written out."""

from __future__ import annotations

import numpy as np
import torch

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.multinomial_loss import Multinomial
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.solvers.fit_problem import Problem


def made(seed: int, words: int = 120, neurons: int = 6, labels: int = 3, mix: bool = False):
    """Values (N, D) and labels (N,), 0 to L - 1, each at least once, that the values partly predict."""
    generator = np.random.default_rng(seed)
    X = generator.standard_normal((words, neurons))
    if mix:
        X = X @ generator.standard_normal((neurons, neurons))
    scores = X @ generator.standard_normal((neurons, labels)) / np.sqrt(neurons)
    y = (scores + generator.gumbel(size=scores.shape)).argmax(axis=1)
    y[:labels] = np.arange(labels)
    return X, y


def problem_of(X, y, l1: float, l2: float, weight=None) -> Problem:
    loss = Multinomial(torch.from_numpy(y), int(y.max()) + 1, weight, torch.from_numpy(X).dtype)
    return Problem(Design(X), loss, ElasticNet(l1, l2))


def literal_objective(X, y, theta, bias, l1: float, l2: float) -> float:
    """Mean cross-entropy + penalty, word by word."""
    total = 0.0
    for x, label in zip(X, y):
        scores = theta @ x + bias
        top = scores.max()
        total += top + np.log(np.exp(scores - top).sum()) - scores[label]
    return total / len(X) + l1 * np.abs(theta).sum() + l2 * (theta**2).sum()


def objective_of(probe, X, y) -> float:
    ids = np.searchsorted(probe.classes_, y)
    return literal_objective(X, ids, probe.coef_, probe.intercept_, probe.l1, probe.l2)
