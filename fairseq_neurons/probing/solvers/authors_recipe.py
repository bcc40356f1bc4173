"""The training recipe of the authors' code, for comparison only."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.block_passes import scores_of
from fairseq_neurons.probing.multinomial_loss import Multinomial
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.solvers.certified_solver import Solution, Watch
from fairseq_neurons.probing.solvers.fit_problem import Problem

BATCH = 512
EPOCHS = 10


def authors_recipe(
    design: Design,
    loss: Multinomial,
    penalty: ElasticNet,
    seed: int,
    batch: int = BATCH,
    epochs: int = EPOCHS,
    watch: Watch | None = None,
) -> tuple[Tensor, Tensor]:
    """Train by Adam at its default rate on shuffled batches, with the penalty l1 ||theta||_1 + l2 ||theta||_2.

    The L2 norm is not squared, as in NeuroX (Dalvi et al. 2019b). No weight becomes exactly 0, and training ends far
    from the optimum.

    Args:
        design: values of the neurons, (N, D).
        loss: the loss, which has the labels; all words must have the same weight.
        penalty: l1 and l2.
        seed: seed of the initial weights and of the batches.
        batch: words per batch.
        epochs: number of passes over the words.
        watch: called with the weights and the bias after every epoch.

    Returns:
        Weights (L, D) and bias (L,).
    """
    words, neurons = design.shape
    model = _linear(neurons, loss.labels, seed, design)
    optimiser = torch.optim.Adam(model.parameters())
    shuffle = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for chosen in torch.randperm(words, generator=shuffle).split(batch):
            optimiser.zero_grad()
            scores = model(design.rows_at(chosen.numpy()))
            penalties = penalty.l1 * model.weight.abs().sum() + penalty.l2 * model.weight.norm(2)
            (torch.nn.functional.cross_entropy(scores, loss.y[chosen]) + penalties).backward()
            optimiser.step()
        if watch is not None:
            watch(model.weight.detach(), model.bias.detach())
    return model.weight.detach(), model.bias.detach()


def authors_solution(problem: Problem, penalty: ElasticNet, seed: int, watch: Watch | None = None) -> Solution:
    """Train by the authors' recipe, and compute the certificate of its weights.

    Args:
        problem: the problem; its objective has the squared L2 norm.
        penalty: as for `authors_recipe`.
        seed: likewise.
        watch: likewise.
    """
    weights, bias = authors_recipe(problem.design, problem.loss, penalty, seed, watch=watch)
    scores = scores_of(problem.design, weights)
    objective = problem.loss.loss_at(scores, bias) + problem.penalty.value(weights)
    # The bound needs the optimal bias, the objective is that of the recipe's own.
    found = problem.certificate(problem.iterate(weights, *problem.evaluate(weights, bias, scores)))
    return Solution(weights, bias, replace(found, objective=objective), EPOCHS, converged=False)


def _linear(neurons: int, labels: int, seed: int, design: Design) -> torch.nn.Linear:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.nn.Linear(neurons, labels, dtype=design.dtype).to(design.device)
