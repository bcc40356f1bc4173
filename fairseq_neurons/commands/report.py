"""``fairseq-neurons-report``: write the page of a run folder."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.page.page_settings import PageSettings

logger = logging.getLogger(__name__)


@dataclass
class ReportConfig(CommandConfig, PageSettings):
    """The fields of `PageSettings`."""


def run(**options: str | int) -> None:
    """Import only when there is work: ``--help`` need not wait for it."""
    from fairseq_neurons.page import report

    index = report(**options)  # type: ignore[arg-type]
    logger.info("%s: open it in a browser", index)


main = application(
    "fairseq-neurons-report",
    ReportConfig,
    run,
    "Write a folder of HTML that opens from the disk: the tables, figures and neurons of a run.",
)
