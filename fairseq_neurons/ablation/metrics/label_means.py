"""Means of neurons over the words of a label, and values on the line between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fairseq_neurons.errors import InputError

if TYPE_CHECKING:
    from fairseq_neurons.activations import Activations


def value_towards(
    dump: Activations, labels: Sequence[str | None], at: str | None, to: str | None, strength: float, source: str
) -> np.ndarray:
    """A point on the line from the mean over the words with one label (0) through that of another (1).

    Args:
        dump: of the words.
        labels: (words,) of the dump.
        at: the label at 0.
        to: the label at 1.
        strength: where on the line.
        source: of the labels, for messages.

    Returns:
        float64 (neurons,).

    Raises:
        InputError: if no word has one of the labels.
    """
    end, start = (_mean_at(dump, labels, label, source) for label in (to, at))
    return start + strength * (end - start)


def _mean_at(dump: Activations, labels: Sequence[str | None], label: str | None, source: str) -> np.ndarray:
    chosen = np.array([found == label for found in labels], dtype=bool)  # (words,)
    if not chosen.any():
        raise InputError(f"No word of {dump.path} has the label {label} of {source}.")
    total, start = np.zeros(len(dump.neurons)), 0
    for block in dump.blocks():
        total += block[chosen[start : start + len(block)]].sum(axis=0, dtype=np.float64)
        start += len(block)
    return total / chosen.sum()
