"""What our commands share: a typed config, ``--help``, and one sentence for a wrong input."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fairseq_neurons.commands.help_page import help_page
from fairseq_neurons.commands.typed_options import options_of
from fairseq_neurons.terminal_text import shown

# Threads that spin while they wait slow down whatever else runs, a training for instance, and by that themselves: many
# times over on busy cores. It is read when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

HELP = ("--help", "-h")

# With --multirun, Hydra writes its own notes somewhere; they are removed when it is done. Launchers on other machines
# want a folder that these see, too: hydra.sweep.dir=FOLDER.
SWEEP = Path(tempfile.gettempdir()) / f"fairseq-neurons-{secrets.token_hex(8)}"


def quiet(*groups: Any) -> list[Any]:
    """A defaults list without Hydra's logging, with these groups of configs."""
    return ["_self_", *groups, {"override hydra/job_logging": "none"}, {"override hydra/hydra_logging": "none"}]


@dataclass
class CommandConfig:
    """Base of every command's config: Hydra neither changes folder nor leaves files of its own behind."""

    defaults: list[Any] = field(default_factory=quiet)
    hydra: Any = field(
        default_factory=lambda: {
            **{"run": {"dir": "."}, "output_subdir": None},
            "sweep": {"dir": str(SWEEP), "subdir": "${hydra.job.num}"},
        }
    )


def application(
    name: str, config: type, run: Callable[..., None], about: str, configs: Path | None = None
) -> Callable[[], None]:
    """A console command.

    Args:
        name: of the command.
        config: dataclass of its options; unknown ones and wrong types are refused.
        about: what ``--help`` says above the options.
        run: called with the options as keywords; its ``InputError`` becomes one sentence and exit status 1.
        configs: folder of YAML files that options are taken from, a folder in it for each group.

    Returns:
        What the console script calls.
    """
    page = help_page(name, about, options_of(config).values())

    @cache
    def command() -> Callable[[Sequence[str]], None]:
        from fairseq_neurons.commands.hydra_command import hydra_command

        return hydra_command(name, config, run, page, configs)

    def main() -> None:
        program, *arguments = sys.argv
        if configs is None and len(arguments) == 1 and arguments[0] in HELP:
            # Hydra need not be imported, nor a config composed, for a page that shows neither.
            sys.stdout.write(f"{page}\n")
            return
        if refusal := _refusal(arguments):
            sys.exit(f"{name}: {refusal}")
        try:
            command()(arguments)
        finally:
            sys.argv = [program, *arguments]
            shutil.rmtree(SWEEP, ignore_errors=True)

    return main


def _refusal(arguments: Sequence[str]) -> str:
    """Why nothing can be done, whatever the command; empty if something can."""
    try:
        for argument in arguments:
            argument.encode()
        os.getcwd()
    except UnicodeEncodeError as error:
        return f"{shown(error.object)} is not UTF-8 text; rename what has this name."
    except OSError as error:
        return f"the current folder cannot be used: {error.strerror}; change to another one."
    return ""
