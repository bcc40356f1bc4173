"""Probeless ranking: how much the mean of a neuron differs between labels, without training."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, members


def probeless(X: Design, y: np.ndarray, labels: int, seed: int = 1) -> NeuronScores:
    """Score by the distances between the means of labels.

    The overall score is the sum over pairs z, z' of abs(q(z) - q(z')), where q(z) is the mean over the words with label
    z (Antverg & Belinkov 2022, "On the Pitfalls of Analyzing Individual Neurons in Language Models", the Probeless
    ranking). The score for label z is the sum over z'. Values are not scaled, so neurons with a wide range rank high.
    The words are read once; sums are float64.

    Args:
        X: (N, D) values.
        y: int64 (N,), label indices.
        labels: number of labels, L; labels without words are in no pair.
        seed: unused; the method is deterministic.

    Raises:
        InputError: if labels and words do not match, or a value is not finite.
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
    """Means of the labels, relative to the first word, float64 (L, D); 0 for labels without words."""
    first: Tensor | None = None
    sums = torch.zeros(labels, X.shape[1], dtype=torch.float64, device=X.device)
    for rows, block in X.blocks():
        wide = block.to(torch.float64)
        # An offset does not change differences of means, and with this one they are exactly 0 for constant neurons.
        first = wide[0].clone() if first is None else first
        wide = wide - first
        sums += members(y[rows], labels, wide) @ wide
    counts = np.bincount(y, minlength=labels)
    return sums.cpu().numpy() / np.maximum(counts, 1)[:, None]
