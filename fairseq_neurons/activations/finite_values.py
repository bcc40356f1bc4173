"""Say where a dump has a value that is not a finite number."""

from __future__ import annotations

import numpy as np

from fairseq_neurons.activations.reader import Activations
from fairseq_neurons.errors import InputError


def not_finite(dump: Activations) -> InputError:
    """The error to raise for a dump with a NaN or an infinite value: it is searched for the first one."""
    start = 0
    for block in dump.blocks():
        wrong = np.argwhere(~np.isfinite(block))
        if len(wrong):
            row, column = wrong[0].tolist()
            return not_finite_at(str(dump.path), place_of(dump, start + row, column))
        start += len(block)
    return InputError(f"{dump.path} holds values whose squares exceed all numbers.")


def not_finite_at(source: str, place: str) -> InputError:
    """The error for a known place.

    Args:
        source: that has the values.
        place: of the first that is not finite.
    """
    return InputError(f"{source} holds values that are not finite numbers (NaN or infinity): the first is at {place}.")


def place_of(dump: Activations, row: int, column: int) -> str:
    """A value of a dump in the user's words: the line of ``words.txt``, the word, and the neuron."""
    line = int(np.searchsorted(dump.offsets, row, side="right"))
    position = row - int(dump.offsets[line - 1])
    word = dump.sentences[line - 1][position]
    return f"line {line} of words.txt, word {position + 1} ({word}), neuron {dump.neurons.name(column)}"
