"""``fairseq-neurons-correlate``: rank a model's neurons by their likes in other models."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.files import check_writable
from fairseq_neurons.rankings.crossmodel import correlate

logger = logging.getLogger(__name__)


@dataclass
class CorrelateConfig(CommandConfig):
    """The arguments of ``fairseq_neurons.rankings.crossmodel.correlate``, and the file of the ranking."""

    activations: list[str] = field(default_factory=lambda: MISSING)
    out: str = MISSING
    target: int = 0
    absolute: bool = False
    method: str = "max"


def run(activations: list[str], out: str, target: int, absolute: bool, method: str) -> None:
    """Rank and save."""
    check_writable(Path(out))
    ranking = correlate(activations, target=target, absolute=absolute, method=method)
    ranking.save(out)
    logger.info("%s: %d neurons, %s", out, len(ranking.order), ranking.signature)
    for index, score in zip(ranking.order[:5].tolist(), ranking.scores[:5].tolist(), strict=True):
        logger.info("  %s (%d)  %.4f", ranking.neurons.name(index), index, score)


main = application(
    "fairseq-neurons-correlate",
    CorrelateConfig,
    run,
    "Rank a model's neurons by their best correlation with any neuron of any other model.",
)
