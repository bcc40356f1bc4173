"""``fairseq-neurons-inspect``: what one neuron does, on the terminal."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from typing import Any

from omegaconf import MISSING

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.errors import InputError


@dataclass
class InspectConfig(CommandConfig):
    """The neuron, where it is looked for, and how much is shown."""

    neuron: Any = MISSING
    activations: str | None = None
    run: str | None = None
    labels: str | None = None
    column: str | None = None
    language: str = "en"
    rankings: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    words: int = 10
    sentences: int = 5
    color: str = "auto"


def run(neuron: Any, words: int, sentences: int, color: str, **sources: Any) -> None:
    """Write it to the standard output: it is read with ``less -R``, too. Imports wait until there is work."""
    from fairseq_neurons.inspection.inspection_sources import known_from
    from fairseq_neurons.inspection.neuron_inspection import inspect
    from fairseq_neurons.inspection.terminal_colours import painter_for
    from fairseq_neurons.inspection.terminal_view import described

    if words < 0 or sentences < 0:
        raise InputError(f"words={words}, sentences={sentences}: give 0 or more.")
    painter = painter_for(color, sys.stdout, os.environ)
    known = known_from(**sources)
    found = inspect(known, known.dump.neurons.index(str(neuron)))
    write(described(found, words, sentences, shutil.get_terminal_size().columns, painter))


def write(text: str) -> None:
    """To the standard output, whatever it can spell; who reads it may stop at any line."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


main = application(
    "fairseq-neurons-inspect",
    InspectConfig,
    run,
    "What one neuron does: the words and sentences at which it is highest and lowest, the labels it tells apart, its\n"
    "ranks, and its like in other models. activations= is a dump; run= is a folder in which all the rest is found.",
)
