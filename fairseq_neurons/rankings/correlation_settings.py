"""The options of ``fairseq-neurons-correlate`` and of `correlate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass
class CorrelationMethod:
    """How the neurons of a model are ranked.

    Args:
        target: index of the model to be ranked.
        absolute: for ``max`` and ``min``: use abs(rho), as in the authors' code, instead of rho, as in the paper.
        method: ``max``: best match in all other models. ``min``: best match in each other model, minimum over models.
            ``linear-regression``: R^2 of a regression on all neurons of another model
            (:func:`.model_pairs.r_squared`), minimum over models. ``svcca``: share of a neuron in the directions it has
            in common with another model (:func:`.model_pairs.canonical_share`), minimum over models. From the target
            alone: ``variance``, ``mean-distance`` (:func:`.single_model.mean_distance`), ``random``.
        reverse: for single-model methods: rank by ascending score. The method is then called ``variance-reversed``.
        seed: for ``random``.
    """

    target: int = 0
    absolute: bool = False
    method: str = "max"
    reverse: bool = False
    seed: int = 1


@dataclass
class ComparedDumps:
    """The compared dumps.

    Args:
        activations: dumps of the same words by different models: at least two, or one for a single-model method.
    """

    activations: Sequence[str | Path]


@dataclass
class CorrelationSettings(CorrelationMethod, ComparedDumps):
    """All options of `correlate`."""
