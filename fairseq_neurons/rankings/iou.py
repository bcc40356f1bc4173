"""Intersection over union of the words that switch a neuron on and the words of a label."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, members


def iou(X: Design, y: np.ndarray, labels: int, seed: int = 1, threshold: float = 0.0) -> NeuronScores:
    """Score by the overlap of {words where the neuron is active} and {words of the label}.

    IoU = size of the intersection / size of the union (Bau et al. 2017, "Network Dissection", equation 1; Mu & Andreas
    2020, "Compositional Explanations of Neurons", for words). LSTM states have a sign, so a neuron counts for a label
    with the better of x > threshold and x < -threshold. Overall it is the mean over the labels with words, rare ones
    like frequent ones. Neurons that never change score 0. One pass over the words, the counts are exact.

    Args:
        X: the values, (N, D).
        y: int64 (N,).
        labels: L.
        seed: unused, nothing is left to chance.
        threshold: what an active neuron's absolute value exceeds, at least 0.

    Raises:
        InputError: if labels and words do not fit, the threshold is negative, or a value is not a finite number.
    """
    check_labels(X, y, labels)
    if not threshold >= 0:
        raise InputError(f"threshold={threshold}: an absolute value exceeds a number of at least 0.")
    both, active, changes = _count(X, y, labels, threshold)
    counts = np.bincount(y, minlength=labels)
    union = counts[:, None] + active[:, None, :] - both  # (2, L, D)
    # A label without words has an empty intersection with anything.
    per_label = np.where(changes, both / np.maximum(union, 1), 0.0).max(axis=0)
    return NeuronScores(per_label[counts > 0].mean(axis=0), per_label)


def _count(X: Design, y: np.ndarray, labels: int, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Words that are active above and have the label, (2, L, D), words active, (2, D), and who ever changes, (D,).

    The first axis is x > threshold, then x < -threshold.
    """
    neurons = X.shape[1]
    both = torch.zeros(2, labels, neurons, dtype=torch.float64, device=X.device)
    active = torch.zeros(2, neurons, dtype=torch.float64, device=X.device)
    changes = torch.zeros(neurons, dtype=torch.bool, device=X.device)
    first: Tensor | None = None
    for rows, block in X.blocks():
        first = block[0].clone() if first is None else first
        changes |= (block != first).any(dim=0)
        of_label = members(y[rows], labels, block)
        for side, mask in enumerate((block > threshold, block < -threshold)):
            # float32 counts the words of a block exactly.
            both[side] += of_label @ mask.to(block.dtype)
            active[side] += mask.sum(dim=0)
    return both.cpu().numpy(), active.cpu().numpy(), changes.cpu().numpy()
