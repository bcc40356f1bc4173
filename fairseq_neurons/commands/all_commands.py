"""``fairseq-neurons COMMAND …``: every command under one name, and where fairseq finds our user-dir."""

from __future__ import annotations

import importlib
import sys

from fairseq_neurons import __version__
from fairseq_neurons.shipped_folders import user_dir
from fairseq_neurons.terminal_text import shown

NAME = "fairseq-neurons"

# Each is also a console script of its own, fairseq-neurons-COMMAND.
COMMANDS = {
    "extract": "dump the states of a model without generating",
    "correlate": "rank neurons by other models, or by themselves",
    "overlap": "compare rankings",
    "probe": "predict word labels from neurons, and rank these",
    "inspect": "describe one neuron on the terminal",
    "ablate": "measure BLEU, perplexity or turned translations as more and more neurons are masked",
    "report": "write the page of a run",
    "demo": "all of it in minutes, on a built-in corpus or on your own",
    "paper": "the paper's experiments",
}
USER_DIR, VERIFY = "user-dir", "verify"
# These have no option=value, and no script of their own.
OTHERS = {
    VERIFY: "verify the checksums of dumps, rankings, probes and curves in folders",
    USER_DIR: "print the folder for fairseq's --user-dir",
}


def main() -> None:
    """Run one command; its options follow its name."""
    name, rest = (sys.argv[1:] or ["--help"])[0], sys.argv[2:]
    if name in ("--help", "-h"):
        _write(_help())
    elif name == "--version":
        _write(f"{NAME} {__version__}\n")
    elif name == USER_DIR:
        if rest:
            sys.exit(f"{NAME}: {USER_DIR} has no option {shown(rest[0])}.")
        _write(f"{user_dir()}\n")
    elif name in (*COMMANDS, VERIFY):
        sys.argv = [f"{NAME}-{name}", *rest]
        importlib.import_module(f"fairseq_neurons.commands.{name}").main()
    else:
        sys.exit(f"{NAME}: there is no command {shown(name)}; the commands are {', '.join([*COMMANDS, *OTHERS])}.")


def _help() -> str:
    listed = {**COMMANDS, **OTHERS}
    lines = "".join(f"  {name:<10} {about}\n" for name, about in listed.items())
    return f"{NAME} COMMAND option=value ...\n\n{lines}\n{NAME} COMMAND --help lists the options of a command.\n"


def _write(text: str) -> None:
    sys.stdout.write(text)
