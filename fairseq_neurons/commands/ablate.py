"""``fairseq-neurons-ablate``: BLEU, perplexity or turned translations against the number of neurons clamped."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.commands.application import CommandConfig, application

logger = logging.getLogger(__name__)


@dataclass
class AblateConfig(CommandConfig, AblationSettings):
    """The fields of `AblationSettings`."""


def run(**options: Any) -> None:
    """Import fairseq only when there is work: ``--help`` need not wait for it."""
    settings = AblationSettings(**options)
    settings.check()
    from fairseq_neurons.ablation.curve_table import table
    from fairseq_neurons.ablation.run_ablation import ablate

    curves = ablate(settings)
    logger.info("\n%s\n", table(curves.points))
    if settings.metric == "control":
        logger.info(_explained(settings, curves.points[0]))
    logger.info("%s: curve.jsonl (%d points), comparisons.jsonl; %s", settings.out, *_summary(curves.points))


def _summary(points: list[dict[str, Any]]) -> tuple[int, str]:
    return len(points), points[0]["test"]


def _explained(settings: AblationSettings, point: dict[str, Any]) -> str:
    could = f"{point['could_turn']} of {point['sentences']} sentences that have one of the {point['words']} words"
    return f"Percentage of translations turned from {settings.at} to {settings.to}, of those that could: {could}."


main = application(
    "fairseq-neurons-ablate",
    AblateConfig,
    run,
    "Clamp more and more neurons from the top, the bottom or at random, and measure BLEU or perplexity at each point.\n"
    "With metric=control, clamp them at chosen words alone, and count the translations that turn.",
)
