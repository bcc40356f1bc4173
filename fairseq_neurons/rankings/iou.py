"""Intersection over union of the words at which a neuron is active and the words of a label."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, members


def iou(X: Design, y: np.ndarray, labels: int, seed: int = 1, threshold: float = 0.0) -> NeuronScores:
    """Score by the overlap of {words at which the neuron is active} and {words of the label}.

    IoU = size of the intersection / size of the union (Bau et al. 2017, "Network Dissection", equation 1; for words,
    Mu & Andreas 2020, "Compositional Explanations of Neurons"). States may be negative, so the score for a label is the
    larger IoU of x > threshold and x < -threshold. The overall score is the unweighted mean over the labels that have
    words. Constant neurons score 0. The words are read once; counts are exact.

    Args:
        X: (N, D) values.
        y: int64 (N,), label indices.
        labels: number of labels, L.
        seed: unused; the method is deterministic.
        threshold: a neuron is active where its absolute value exceeds this; at least 0.

    Raises:
        InputError: if labels and words do not match, ``threshold`` is negative, or a value is not finite.
    """
    check_labels(X, y, labels)
    if not threshold >= 0:
        raise InputError(f"threshold={threshold}: the threshold of absolute values must be at least 0.")
    both, active, changes = _count(X, y, labels, threshold)
    counts = np.bincount(y, minlength=labels)
    union = counts[:, None] + active[:, None, :] - both  # (2, L, D)
    # For a label without words, every intersection is empty.
    per_label = np.where(changes, both / np.maximum(union, 1), 0.0).max(axis=0)
    return NeuronScores(per_label[counts > 0].mean(axis=0), per_label)


def _count(X: Design, y: np.ndarray, labels: int, threshold: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count active words with each label, (2, L, D), and all active words, (2, D); find varying neurons, bool (D,).

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
            # float32 represents counts within a block exactly.
            both[side] += of_label @ mask.to(block.dtype)
            active[side] += mask.sum(dim=0)
    return both.cpu().numpy(), active.cpu().numpy(), changes.cpu().numpy()
