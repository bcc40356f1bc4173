"""Scores, gradients and covariances, each computed in one pass over the blocks of a dump."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design


def scores_of(design: Design, weights: Tensor) -> Tensor:
    """Compute the scores of the labels, (N, L), for weights (L, D)."""
    columns = weights.T.contiguous()
    scores = torch.empty(design.shape[0], len(weights), dtype=design.dtype, device=design.device)
    for rows, block in design.blocks():
        torch.mm(block, columns, out=scores[rows])
    return scores


def gradient_of(design: Design, residual: Callable[[slice], Tensor], labels: int) -> Tensor:
    """Compute the gradient of a loss with respect to the weights, (L, D).

    Args:
        design: values of the neurons, (N, D).
        residual: returns the gradient with respect to the scores of the given rows, (n, L).
        labels: L.
    """
    gradient = torch.zeros(labels, design.shape[1], dtype=design.dtype, device=design.device)
    for rows, block in design.blocks():
        gradient.addmm_(residual(rows).T, block)
    return gradient


def weighted_covariance(design: Design, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Compute weighted means, (D,), and weighted scatter, (D, D), of the neurons.

    The scatter is the weighted covariance around the weighted mean, times the sum of the weights.

    Args:
        design: values of the neurons, (N, D).
        weight: non-negative weights of the words, (N,).
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
