"""The three things that read the values of the neurons, each in one pass over the blocks."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design


def scores_of(design: Design, weights: Tensor) -> Tensor:
    """The scores of the labels, (N, L), for weights (L, D)."""
    columns = weights.T.contiguous()
    scores = torch.empty(design.shape[0], len(weights), dtype=design.dtype, device=design.device)
    for rows, block in design.blocks():
        torch.mm(block, columns, out=scores[rows])
    return scores


def gradient_of(design: Design, residual: Callable[[slice], Tensor], labels: int) -> Tensor:
    """The derivative by the weights, (L, D).

    Args:
        design: the neurons.
        residual: the derivative by the scores of some rows, (n, L).
        labels: L.
    """
    gradient = torch.zeros(labels, design.shape[1], dtype=design.dtype, device=design.device)
    for rows, block in design.blocks():
        gradient.addmm_(residual(rows).T, block)
    return gradient


def weighted_covariance(design: Design, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Means, (D,), and covariances, (D, D), of the neurons; ``weight`` (N,) says how much each word counts.

    The covariance is that of the weighted mean, times the sum of the weights.
    """
    neurons = design.shape[1]
    mean = torch.zeros(neurons, dtype=torch.float64, device=design.device)
    products = torch.zeros(neurons, neurons, dtype=design.dtype, device=design.device)
    for rows, block in design.blocks():
        scaled = block * weight[rows, None].sqrt()
        products.addmm_(scaled.T, scaled)
        mean += (weight[rows].double() @ block.double()) if block.dtype == torch.float64 else weight[rows] @ block
    total = weight.sum(dtype=torch.float64)
    mean /= total
    return mean.to(design.dtype), products - (total * torch.outer(mean, mean)).to(design.dtype)
