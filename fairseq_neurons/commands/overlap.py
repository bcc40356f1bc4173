"""``fairseq-neurons-overlap``: report how much rankings of one model's neurons agree."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.rankings.overlap_settings import OverlapSettings

logger = logging.getLogger(__name__)


@dataclass
class OverlapConfig(CommandConfig, OverlapSettings):
    """The fields of `OverlapSettings`."""


def run(**options: Any) -> None:
    """Print a table for each measure. Imports wait until there is work."""
    from fairseq_neurons.rankings.compared_rankings import overlap

    logger.info("%s\n", overlap(**options))
    if options["out"] is not None:
        logger.info("%s", options["out"])


main = application(
    "fairseq-neurons-overlap",
    OverlapConfig,
    run,
    "Report how much rankings agree: the share of the first neurons that two rankings have in common (at depth top=,\n"
    "and averaged over all depths up to it), and Spearman's correlation over all neurons.",
)
