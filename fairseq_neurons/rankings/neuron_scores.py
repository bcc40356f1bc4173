"""Scores of neurons for labels, and checks that all methods share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError


@dataclass(frozen=True)
class NeuronScores:
    """Scores of neurons for labels: finite, higher for neurons more relevant to the labels.

    Args:
        overall: float64 (D,), for all labels together.
        per_label: float64 (L, D), for each label; 0 for labels without words.
    """

    overall: np.ndarray
    per_label: np.ndarray


class Method(Protocol):
    """A method that scores neurons by word labels; scores are reproducible given the seed."""

    def __call__(self, X: Design, y: np.ndarray, labels: int, seed: int = 1) -> NeuronScores:
        """Score the neurons.

        Args:
            X: (N, D) values.
            y: int64 (N,), label indices from 0 to ``labels`` - 1.
            labels: number of labels, L; some may have no words.
            seed: of all random choices, such as a sample of words.

        Raises:
            InputError: as in :func:`check_labels`, or if a value is not finite.
        """


def check_labels(X: Design, y: np.ndarray, labels: int) -> None:
    """Refuse labels that do not match the words.

    Raises:
        InputError: if there are no words, the number of labels differs, or a label is not in 0, ..., ``labels`` - 1.
    """
    if y.shape != X.shape[:1]:
        raise InputError(f"{X.source} has {X.shape[0]} words, but there are labels for {len(y)}.")
    if not len(y):
        raise InputError(f"{X.source} has no words, so neurons cannot be ranked.")
    if y.min() < 0 or y.max() >= labels:
        raise InputError(f"Labels must lie between 0 and {labels - 1}; these lie between {y.min()} and {y.max()}.")


def sample(X: Design, y: np.ndarray, words: int, seed: int) -> tuple[Design, np.ndarray]:
    """Draw at most ``words`` words without replacement, in their original order.

    Returns:
        The values and the labels of the sample; all of them if there are not more words.

    Raises:
        InputError: if ``words`` is not positive.
    """
    if words < 1:
        raise InputError(f"words={words}: sample at least one word.")
    if len(y) <= words:
        return X, y
    chosen = np.sort(np.random.default_rng(seed).choice(len(y), words, replace=False))
    rows = chosen if X.rows is None else X.rows[chosen]
    return Design(X.values, rows, X.columns, X.source, X.scales, X.place), y[chosen]


def members(y: np.ndarray | Tensor, labels: int, like: Tensor) -> Tensor:
    """One-hot encoded labels, (labels, N), with dtype and device of ``like``."""
    targets = torch.as_tensor(y, device=like.device)
    return (torch.arange(labels, device=like.device)[:, None] == targets).to(like.dtype)
