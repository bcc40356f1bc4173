"""Initial weights for large dumps: a few epochs of preconditioned stochastic gradient descent."""

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
# With fewer words, the certified solver alone is faster.
MIN_WORDS = 16 * BATCH


def warm_up(
    design: Design,
    loss: Multinomial,
    penalty: Penalty,
    watch: Callable[[Tensor, Tensor], None] | None = None,
    epochs: int = EPOCHS,
) -> tuple[Tensor, Tensor]:
    """Compute weights, (L, D), and bias, (L,), close enough to the optimum to estimate the curvature there.

    The gradient of a batch is multiplied by the inverse covariance of the neurons (of a sample of the words) and
    divided by the square root of the label's share. Momentum is used, and the learning rate decays to 0. Words are read
    in the order of the dump; a batch takes every k-th word of a block of k batches.

    Args:
        design: values of the neurons, (N, D).
        loss: the loss, which has the labels.
        penalty: penalty of the weights.
        watch: called with the weights and the bias after every eighth batch.
        epochs: number of passes over the words.
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
    """Yield the rows of every batch, (B,), and their values, (B, D)."""
    for _ in range(epochs):
        for rows, block in design.blocks():
            parts = max(1, len(block) // BATCH)
            index = torch.arange(rows.start, rows.start + len(block), device=design.device)
            for part in range(parts):
                yield index[part::parts], block[part::parts]


def _gradient(loss: Multinomial, rows: Tensor, block: Tensor, weights: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the gradients of a batch's mean loss with respect to the weights, (L, D), and the bias, (L,)."""
    residual = torch.softmax(torch.addmm(bias, block, weights.T), dim=1)
    residual[torch.arange(len(rows), device=rows.device), loss.y[rows]] -= 1
    # The weights of the words sum to 1 over the dump; in the mean over a batch, they are 1 on average.
    residual *= (loss.weight[rows] * (len(loss.y) / len(rows)))[:, None]
    return residual.T @ block, residual.sum(0)
