"""Quantise states to one byte per value for the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.finite_values import not_finite

LEVELS = 127
ROWS = 4096


@dataclass(frozen=True)
class Quantised:
    """Quantised states of D neurons at N words.

    The values are ``codes[d] * scales[d]``. A step, ``scales[d]``, is the neuron's largest absolute value over 127. The
    error is at most half a step, zero remains zero, and no value changes its sign.

    Args:
        codes: int8 (D, N).
        scales: float64 (D,); 0 for a neuron that is 0 at every word.
    """

    codes: np.ndarray
    scales: np.ndarray


def quantise(dump: Activations, words: int) -> Quantised:
    """Quantise the first words of a dump, which is read twice, in blocks.

    Args:
        dump: the dump.
        words: number of first rows to quantise, N.

    Raises:
        InputError: if a value is not finite.
    """
    largest = np.zeros(len(dump.neurons))
    for block in _blocks(dump, words):
        # maximum() propagates NaN.
        largest = np.maximum(largest, np.abs(block).max(axis=0))
    if not np.isfinite(largest).all():
        raise not_finite(dump)
    scales = largest / LEVELS
    codes = np.empty((len(largest), words), dtype=np.int8)
    start = 0
    for block in _blocks(dump, words):
        codes[:, start : start + len(block)] = quantised(block, scales).T
        start += len(block)
    return Quantised(codes, scales)


def quantised(values: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """The nearest codes, int8 (n, D), of values, float64 (n, D), for scales, (D,)."""
    # The precision of subnormal scales is so low that the largest value may exceed 127 steps.
    steps = np.divide(values, scales, out=np.zeros_like(values), where=scales > 0)
    return np.clip(np.rint(steps), -LEVELS, LEVELS).astype(np.int8)


def _blocks(dump: Activations, words: int) -> Iterator[np.ndarray]:
    left = words
    for block in dump.blocks(ROWS):
        if left <= 0:
            return
        yield block[:left].astype(np.float64)
        left -= len(block)
