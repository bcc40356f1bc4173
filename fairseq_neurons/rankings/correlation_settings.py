"""The options of ``fairseq-neurons-correlate`` and of `correlate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass
class CorrelationMethod:
    """How the neurons of a model are ranked.

    Args:
        target: which of the dumps is ranked, from 0.
        absolute: of ``max`` and ``min``: take abs(rho), as the authors' code does, instead of rho, as the paper writes.
        method: ``max``, the best match over all other models; ``min``, the worst over them of the best match in each;
            ``linear-regression``, the least R^2 from all neurons of another model; ``svcca``, the least share of a
            neuron in the directions common with another model. Of the target alone: ``variance``, ``mean-distance``,
            ``random``.
        reverse: of the single-model methods: the lowest score first; the method is then called ``variance-reversed``.
        seed: of ``random``.
    """

    target: int = 0
    absolute: bool = False
    method: str = "max"
    reverse: bool = False
    seed: int = 1


@dataclass
class ComparedDumps:
    """The dumps that are compared.

    Args:
        activations: dumps of the same words, each by another model; at least two, or one for a single-model method.
    """

    activations: Sequence[str | Path]


@dataclass
class CorrelationSettings(CorrelationMethod, ComparedDumps):
    """All options of `correlate`."""
