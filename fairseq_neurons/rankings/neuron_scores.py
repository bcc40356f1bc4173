"""What a method says of neurons and labels, and what all methods ask of their input."""

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
    """How much every neuron has to do with the labels; higher is more, and none is NaN or infinite.

    Args:
        overall: float64 (D,), for all labels together.
        per_label: float64 (L, D), for every label on its own; 0 for one without words.
    """

    overall: np.ndarray
    per_label: np.ndarray


class Method(Protocol):
    """A way to score neurons by the labels of words; the same input and seed give the same scores."""

    def __call__(self, X: Design, y: np.ndarray, labels: int, seed: int = 1) -> NeuronScores:
        """Score the neurons.

        Args:
            X: the values, (N, D).
            y: int64 (N,), the label of every word, from 0 to ``labels`` - 1.
            labels: how many there are, L; some may have no word.
            seed: of whatever the method leaves to chance, such as a sample of words.

        Raises:
            InputError: as :func:`check_labels`, or if a value is not a finite number.
        """


def check_labels(X: Design, y: np.ndarray, labels: int) -> None:
    """Refuse labels that do not fit the words.

    Raises:
        InputError: if there are no words, not as many labels as words, or one is not in 0, ..., ``labels`` - 1.
    """
    if y.shape != X.shape[:1]:
        raise InputError(f"{X.source} has {X.shape[0]} words, but there are labels for {len(y)}.")
    if not len(y):
        raise InputError(f"{X.source} has no words: there is nothing to rank neurons by.")
    if y.min() < 0 or y.max() >= labels:
        raise InputError(f"Labels must lie between 0 and {labels - 1}; these lie between {y.min()} and {y.max()}.")


def sample(X: Design, y: np.ndarray, words: int, seed: int) -> tuple[Design, np.ndarray]:
    """All words if there are at most ``words``, else that many, drawn without replacement, in their order.

    Returns:
        Their values and their labels.

    Raises:
        InputError: if ``words`` is not positive.
    """
    if words < 1:
        raise InputError(f"words={words}: a sample has at least one word.")
    if len(y) <= words:
        return X, y
    chosen = np.sort(np.random.default_rng(seed).choice(len(y), words, replace=False))
    rows = chosen if X.rows is None else X.rows[chosen]
    return Design(X.values, rows, X.columns, X.source), y[chosen]


def members(y: np.ndarray | Tensor, labels: int, like: Tensor) -> Tensor:
    """1 where a word has a label, else 0: (labels, N), of the precision and on the device of ``like``."""
    places = torch.as_tensor(y, device=like.device)
    return (torch.arange(labels, device=like.device)[:, None] == places).to(like.dtype)
