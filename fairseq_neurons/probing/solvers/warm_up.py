"""A quick start for many words: a few epochs of preconditioned stochastic gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.multinomial_loss import Multinomial
from fairseq_neurons.probing.penalties.penalty import Penalty

BATCH = 512
EPOCHS = 2
RATE = 0.4
MOMENTUM = 0.9
DAMPING = 0.1
SAMPLE = 8192
# Fewer words than these are read faster than they are sampled.
LEAST = 16 * BATCH


def warm_up(
    design: Design,
    loss: Multinomial,
    penalty: Penalty,
    watch: Callable[[Tensor, Tensor], None] | None = None,
    epochs: int = EPOCHS,
) -> tuple[Tensor, Tensor]:
    """Weights, (L, D), and bias, (L,), near enough to the optimum for the solver to know the curvature there.

    The gradient of a batch is multiplied by the inverse covariance of the neurons (of a sample of the words) and
    divided by the square root of the label's share; momentum, and a rate that falls to 0. Words come in the order of
    the dump; a batch takes every eighth word of a block.

    Args:
        design: the neurons.
        loss: the labels.
        penalty: of the weights.
        watch: called with the weights and the bias after every block.
        epochs: how often every word is seen.
    """
    mean, inverse = _preconditioner(design)
    scale = loss.shares.clamp(min=1e-3).sqrt().to(design.dtype)
    weights = torch.zeros(loss.labels, design.shape[1], dtype=design.dtype, device=design.device)
    bias, speed, bias_speed = loss.start.clone(), torch.zeros_like(weights), torch.zeros_like(loss.start)
    total, done = epochs * design.shape[0], 0
    for steps, (rows, block) in enumerate(_batches(design, epochs), start=1):
        gradient, bias_gradient = _gradient(loss, rows, block, weights, bias)
        gradient += penalty.subgradient(weights)
        speed = MOMENTUM * speed + gradient
        bias_speed = MOMENTUM * bias_speed + bias_gradient
        rate = RATE * (1 - MOMENTUM) * (1 - done / total) * min(1.0, steps / 10)
        step = (speed - torch.outer(bias_speed, mean)) @ inverse / scale[:, None]
        weights = weights - rate * step
        bias = bias - rate * (bias_speed / scale - step @ mean)
        done += len(block)
        if watch is not None and steps % 8 == 0:
            watch(weights, bias)
    return weights, bias


def _preconditioner(design: Design) -> tuple[Tensor, Tensor]:
    sample = design.sample(SAMPLE)
    mean = sample.mean(0)
    covariance = (sample - mean).T @ (sample - mean) / len(sample)
    covariance.diagonal().add_(DAMPING * covariance.diagonal().mean() + 1e-12)
    return mean, torch.linalg.inv(covariance)


def _batches(design: Design, epochs: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The rows of a batch, (B,), and their values, (B, D)."""
    for _ in range(epochs):
        for rows, block in design.blocks():
            parts = max(1, len(block) // BATCH)
            index = torch.arange(rows.start, rows.start + len(block), device=design.device)
            for part in range(parts):
                yield index[part::parts], block[part::parts]


def _gradient(loss: Multinomial, rows: Tensor, block: Tensor, weights: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Of the mean loss of a batch, by the weights (L, D) and by the bias (L,)."""
    residual = torch.softmax(torch.addmm(bias, block, weights.T), dim=1)
    residual[torch.arange(len(rows), device=rows.device), loss.y[rows]] -= 1
    # Words that weigh more than others on average have larger gradients.
    residual *= (loss.weight[rows] * (len(loss.y) / len(rows)))[:, None]
    return residual.T @ block, residual.sum(0)
