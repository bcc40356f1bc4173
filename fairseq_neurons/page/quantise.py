"""A byte a value: what the page shows of a neuron's states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError

LEVELS = 127
ROWS = 4096


@dataclass(frozen=True)
class Quantised:
    """States of D neurons at N words.

    Zero stays zero and every value keeps its sign: ``codes[d] * scales[d]`` is off by half a step at most, a step being
    ``scales[d]``, the neuron's largest absolute value over 127.

    Args:
        codes: int8 (D, N).
        scales: float64 (D,); 0 for a neuron that is 0 at every word.
    """

    codes: np.ndarray
    scales: np.ndarray


def quantise(dump: Activations, words: int) -> Quantised:
    """The first words of a dump, read twice in blocks: for the scales, and for the codes.

    Args:
        dump: to read.
        words: how many of its first rows, N.

    Raises:
        InputError: if a value is not a finite number.
    """
    largest = np.zeros(len(dump.neurons))
    for block in _blocks(dump, words):
        # maximum() hands on what is not a number.
        largest = np.maximum(largest, np.abs(block).max(axis=0))
    if not np.isfinite(largest).all():
        raise InputError(f"{dump.path} holds values that are not finite numbers; they cannot be shown.")
    scales = largest / LEVELS
    codes = np.empty((len(largest), words), dtype=np.int8)
    start = 0
    for block in _blocks(dump, words):
        codes[:, start : start + len(block)] = quantised(block, scales).T
        start += len(block)
    return Quantised(codes, scales)


def quantised(values: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The nearest codes, int8 (n, D), of values, float64 (n, D), with scales, (D,)."""
    # The smallest numbers have scales so coarse that the largest is above 127 steps.
    steps = np.divide(values, scales, out=np.zeros_like(values), where=scales > 0)
    return np.clip(np.rint(steps), -LEVELS, LEVELS).astype(np.int8)


def _blocks(dump: Activations, words: int) -> Iterator[np.ndarray]:
    left = words
    for block in dump.blocks(ROWS):
        if left <= 0:
            return
        yield block[:left].astype(np.float64)
        left -= len(block)
