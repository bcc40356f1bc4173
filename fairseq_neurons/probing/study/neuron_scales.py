"""Scales of neurons: their values are divided by these before a probe is trained."""

from __future__ import annotations

import numpy as np
import torch

from fairseq_neurons.activations.design_matrix import Design


def standard_deviations(design: Design) -> np.ndarray:
    """Compute the standard deviation of every neuron over the words, float64 (D,); 1 for a constant neuron.

    Division by these is that of scikit-learn's ``StandardScaler(with_mean=False)``. The mean is not subtracted: the
    bias, which is not penalised, absorbs it, and masked neurons are still set to 0.

    Args:
        design: values of the neurons, (N, D), read once.
    """
    first = design.rows_at(np.zeros(1, dtype=np.int64)).double()  # a shift by it keeps the squares exact
    total = torch.zeros(2, design.shape[1], dtype=torch.float64, device=design.device)
    for _, block in design.blocks():
        shifted = block.double() - first
        total += torch.stack([shifted.sum(dim=0), shifted.square().sum(dim=0)])
    mean, square = total / design.shape[0]
    deviation = (square - mean.square()).clamp(min=0).sqrt().cpu().numpy()
    return np.where(deviation > 0, deviation, 1.0)
