"""``fairseq-neurons-extract``: dump a model's states without translating."""

from __future__ import annotations

from dataclasses import dataclass

from fairseq_neurons.activations.extraction_settings import ExtractionSettings
from fairseq_neurons.commands.application import CommandConfig, application


@dataclass
class ExtractConfig(CommandConfig, ExtractionSettings):
    """The fields of `ExtractionSettings`."""


def run(**options: object) -> None:
    """Import fairseq only when there is work: ``--help`` need not wait for it."""
    from fairseq_neurons.plugin.extraction import extract

    extract(**options)  # type: ignore[arg-type]


main = application(
    "fairseq-neurons-extract",
    ExtractConfig,
    run,
    "Dump a model's states without translating, for a subset of a data folder or for a text file.",
)
