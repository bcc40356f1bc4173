"""``fairseq-neurons-inspect``: describe one neuron on the terminal."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Any

from fairseq_neurons.commands.application import CommandConfig, application
from fairseq_neurons.inspection.inspection_settings import InspectionSettings


@dataclass
class InspectConfig(CommandConfig, InspectionSettings):
    """The fields of `InspectionSettings`."""


def run(**options: Any) -> None:
    """Print the inspection. Imports wait until there is work."""
    InspectionSettings(**options).check()
    from fairseq_neurons.inspection.run_inspection import inspect

    write(f"{inspect(**options)}\n")


def write(text: str) -> None:
    """Write to the standard output in its encoding; the reader, such as ``less -R``, may stop at any line."""
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
    "Describe one neuron: the words and sentences at which it is highest and lowest, the labels it detects, its\n"
    "ranks, and similar neurons in other models. activations= is a dump; run= is a folder with all the rest.",
)
