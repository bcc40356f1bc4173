"""Refuse to use results of different models together."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple, Protocol

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons


class OfModel(Protocol):
    """A dump, a ranking, or whatever else is of one model."""

    @property
    def neurons(self) -> Neurons | None:
        """The model's neurons; None if they are not known yet."""

    @property
    def checkpoint_sha256(self) -> str:
        """SHA-256 of the model's checkpoint file; empty if it is not known."""


class Checkpoint(NamedTuple):
    """A checkpoint file itself.

    Args:
        checkpoint_sha256: of the file.
        neurons: of its model; None before it is loaded.
    """

    checkpoint_sha256: str
    neurons: Neurons | None = None


def check_same_model(*named: tuple[str | Path | None, OfModel | None]) -> None:
    """Refuse things that are not all of the same model.

    Unknown checkpoints and neurons fit any.

    Args:
        named: the name that the user knows, such as the path of a file, and the thing; None if it was not given.

    Raises:
        InputError: naming the first two that differ, and their checkpoints or neurons.
    """
    things = [(name, thing) for name, thing in named if thing is not None]
    for (left, a), (right, b) in combinations(things, 2):
        ours, theirs = a.checkpoint_sha256, b.checkpoint_sha256
        if ours and theirs and ours != theirs:
            raise InputError(
                f"{left} and {right} are of different models: their checkpoints are {ours[:8]} and {theirs[:8]}."
            )
        if a.neurons is not None and b.neurons is not None:
            check_same_neurons((left, a.neurons), (right, b.neurons))


def check_same_neurons(*named: tuple[str | Path | None, Neurons]) -> None:
    """Refuse neurons that are not all the same.

    Args:
        named: the name of what has them, and the neurons.

    Raises:
        InputError: naming the first two that differ, and their neurons.
    """
    for (left, ours), (right, theirs) in combinations(named, 2):
        if ours != theirs:
            raise InputError(f"{left} and {right} have different neurons: {ours} and {theirs}.")
