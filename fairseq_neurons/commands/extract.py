"""``fairseq-neurons-extract``: dump a model's states without generating."""

from __future__ import annotations

from dataclasses import dataclass

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application


@dataclass
class ExtractConfig(CommandConfig):
    """The arguments of ``fairseq_neurons.plugin.extraction.extract``."""

    checkpoint: str = MISSING
    out: str = MISSING
    data: str | None = None
    subset: str = "test"
    text: str | None = None
    dump_text: str | None = None
    sentencepiece: str | None = None
    pooling: str = "last"
    dtype: str = "float32"
    eos: bool = False
    subwords: str | None = None
    max_tokens: int = 4000


def run(**options: object) -> None:
    """Import fairseq only when there is work: ``--help`` need not wait for it."""
    from fairseq_neurons.plugin.extraction import extract

    extract(**options)  # type: ignore[arg-type]


main = application(
    "fairseq-neurons-extract",
    ExtractConfig,
    run,
    "Dump a model's states without generating: of a data folder's subset, or of a text file.",
)
