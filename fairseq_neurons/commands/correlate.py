"""``fairseq-neurons-correlate``: rank neurons against other models, or by statistics of their own."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.correlation_settings import CorrelationMethod, CorrelationSettings
from fairseq_neurons.storage.files import check_new_file

logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class CorrelateConfig(CommandConfig, CorrelationSettings):
    """The fields of `CorrelationSettings`, and the file of the ranking.

    Args:
        activations: dumps of the same words by different models: at least two, or one for a single-model method.
        combine: rankings of one model by some of the other models each, to be put together, instead of dumps.
        out: JSON file of the ranking; must not exist.
    """

    activations: list[str] = field(default_factory=list)
    combine: list[str] = field(default_factory=list)
    out: str = MISSING


def run(activations: list[str], combine: list[str], out: str, **options: Any) -> None:
    """Rank and save. Imports wait until there is work."""
    from fairseq_neurons.rankings.combining import combine as combined
    from fairseq_neurons.rankings.cross_model import correlate

    if combine:
        _check_alone(activations, options)
    elif not activations:
        raise InputError("activations= is missing; see fairseq-neurons-correlate --help.")
    check_new_file(Path(out))
    ranking = combined(combine) if combine else correlate(activations, **options)
    ranking.save(out)
    logger.info("%s: %d neurons, %s", out, len(ranking.order), ranking.signature)
    for index, score in zip(ranking.order[:5].tolist(), ranking.scores[:5].tolist(), strict=True):
        logger.info("  %s (%d)  %.4g", ranking.neurons.name(index), index, score)


def _check_alone(activations: list[str], options: dict[str, Any]) -> None:
    """Refuse options that would have no effect: the combined rankings were made with their own."""
    defaults = CorrelationMethod()
    given = ["activations"] * bool(activations)
    given += [name for name, value in options.items() if value != getattr(defaults, name)]
    if given:
        raise InputError(f"combine= takes rankings as they are, without {given[0]}=.")


main = application(
    "fairseq-neurons-correlate",
    CorrelateConfig,
    run,
    "Rank one model's neurons against other models (method=max, min, linear-regression, svcca), or by statistics of\n"
    "that model alone (variance, mean-distance, random). combine=[R1,R2] combines rankings against other models.",
)
