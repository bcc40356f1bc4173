"""``fairseq-neurons verify``: verify the checksums of dumps, rankings, probes and curves."""

from __future__ import annotations

import sys

from fairseq_neurons.errors import InputError
from fairseq_neurons.terminal_text import shown

NAME = "fairseq-neurons verify"
HELP = f"""{NAME} FOLDER ...

Verify all dumps, rankings, probes and curves in folders against the checksums with which they were written, and print
a line for each. The exit status is 1 if one is damaged. Every value of a dump is read: opening a large one reads only
a sample.
"""


def main() -> None:
    """Print what is found; the arguments are folders, or files of rankings."""
    paths = sys.argv[1:]
    if not paths or {"--help", "-h"} & {*paths}:
        sys.stdout.write(HELP)
        return
    from fairseq_neurons.runs.verification import verify

    try:
        found = verify(*paths)
    except InputError as error:
        sys.exit(f"{NAME}: {shown(str(error))}")
    for entry in found:
        sys.stdout.write(f"{shown(str(entry))}\n")
    damaged = sum(bool(entry.damage) for entry in found)
    if damaged:
        sys.exit(f"{NAME}: {damaged} of {len(found)} results are damaged.")
