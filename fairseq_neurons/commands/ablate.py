"""``fairseq-neurons-ablate``: BLEU, perplexity or turned translations against the number of masked neurons."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.metrics.metric_registry import metric_named
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

    curve = ablate(**options)
    logger.info("\n%s\n", table(curve))
    metric = metric_named(settings.metric)
    if summary := metric.summary(settings.of(metric), curve.points[0]):
        logger.info(summary)
    counted, test = len(curve.points), curve.points[0].test
    logger.info("%s: curve.jsonl (%d points), comparisons.jsonl; %s", settings.out, counted, test)


main = application(
    "fairseq-neurons-ablate",
    AblateConfig,
    run,
    "Mask more and more neurons from the top, the bottom or at random, and measure BLEU or perplexity at each point.\n"
    "With metric=control, mask them at chosen words alone, and count the translations that turn.",
)
