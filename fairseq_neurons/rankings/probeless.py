"""Probeless: neurons whose mean value differs from label to label; nothing is trained."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, members


def probeless(X: Design, y: np.ndarray, labels: int, seed: int = 1) -> NeuronScores:
    """Score by how far apart the labels' means are.

    q(z) being the mean values of the words with label z, overall r = sum over pairs z, z' of abs(q(z) - q(z'))
    (Antverg & Belinkov 2022, "On the Pitfalls of Analyzing Individual Neurons in Language Models", the Probeless
    ranking), and for one label z the sum over z' alone. Values are not scaled: neurons with a wide range come first.
    One pass over the words; sums in float64.

    Args:
        X: the values, (N, D).
        y: int64 (N,).
        labels: L; those without words have no mean and take part in no pair.
        seed: unused, nothing is left to chance.

    Raises:
        InputError: if labels and words do not fit, or a value is not a finite number.
    """
    check_labels(X, y, labels)
    means = _means(X, y, labels)
    present = np.flatnonzero(np.bincount(y, minlength=labels))
    per_label = np.zeros((labels, X.shape[1]))
    for label in present:
        per_label[label] = np.abs(means[present] - means[label]).sum(axis=0)
    # Every pair is in the sums of both of its labels.
    return NeuronScores(per_label.sum(axis=0) / 2, per_label)


def _means(X: Design, y: np.ndarray, labels: int) -> np.ndarray:
    """float64 (L, D), of every label, less the first word's values; 0 for labels without words."""
    first: Tensor | None = None
    sums = torch.zeros(labels, X.shape[1], dtype=torch.float64, device=X.device)
    for rows, block in X.blocks():
        wide = block.to(torch.float64)
        # Differences of means do not change, and those of constant neurons are exactly 0.
        first = wide[0].clone() if first is None else first
        wide = wide - first
        sums += members(y[rows], labels, wide) @ wide
    counts = np.bincount(y, minlength=labels)
    return sums.cpu().numpy() / np.maximum(counts, 1)[:, None]
