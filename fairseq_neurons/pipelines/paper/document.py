"""Fill a document with the tables and figures of runs.

Run as ``python -m fairseq_neurons.pipelines.paper.document docs/reproduction.md [RUN_FOLDER ...]``.

The tables and figures of all runs replace what is between ``<!-- table: NAME -->`` or ``<!-- figure: NUMBER -->`` and
``<!-- end -->``. Their summaries are in the folder beside the document that has its name, and those of repeated runs in
that folder's ``repeated/``.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import paper_figures as figures
from fairseq_neurons.pipelines.paper import repeated_run
from fairseq_neurons.pipelines.paper.run_summary import RunSummary
from fairseq_neurons.pipelines.paper.table_catalogue import TABLES
from fairseq_neurons.storage.files import read_text, write_text_whole

REPEATED = "repeated"
BLOCK = re.compile(r"(<!-- (table|figure): (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(document: str, summaries: Sequence[RunSummary], folder: str, repeated: Sequence[RunSummary] = ()) -> str:
    """The document with new tables and figures.

    Args:
        document: its text.
        summaries: of the runs, in the order of the tables' rows.
        folder: of the figures, relative to the document.
        repeated: summaries of repeated runs.

    Raises:
        InputError: if it asks for an unknown table, or a repeated run has no first one.
    """

    def block(found: re.Match[str]) -> str:
        begin, kind, name, end = found.groups()
        if kind == "figure":
            return f"{begin}\n{_pictures(name, summaries, folder)}\n\n{end}"
        if name == REPEATED:
            return f"{begin}\n{_repeated_runs(summaries, repeated)}\n\n{end}"
        if name not in TABLES:
            raise InputError(f"There is no table {name!r}; the tables are {', '.join([*TABLES, REPEATED])}.")
        return f"{begin}\n{TABLES[name].make(summaries)}\n\n{end}"

    return BLOCK.sub(block, document)


def collect(run: Path, folder: Path) -> None:
    """Copy the summary and the figures of a run to the document's folder.

    Raises:
        InputError: if the run has no summary.
    """
    summary = RunSummary.read(run / "summary.json")
    folder.mkdir(parents=True, exist_ok=True)
    for name in summary.figures:
        shutil.copyfile(run / figures.FOLDER / f"{name}.svg", folder / f"{summary.run}.{name}.svg")
    shutil.copyfile(run / "summary.json", folder / f"{summary.run}.json")


def main(document: str, *runs: str) -> None:
    """Collect runs, then fill the document with them and those collected before."""
    path = Path(document)
    folder = path.with_suffix("")
    for run in runs:
        collect(Path(run), folder)
    filled = fill(read_text(path, "document"), read_summaries(folder), path.stem, read_summaries(folder / REPEATED))
    write_text_whole(path, filled)


def read_summaries(folder: Path) -> list[RunSummary]:
    """The summaries in a folder, in the order of the tables' rows."""
    return [RunSummary.read(file) for file in sorted(folder.glob("*.json"))]


def _repeated_runs(summaries: Sequence[RunSummary], repeated: Sequence[RunSummary]) -> str:
    """The tables of every repeated run beside the first one."""
    first = {summary.run: summary for summary in summaries}
    if missing := [one.run for one in repeated if one.run not in first]:
        raise InputError(f"There is a repeated run of {missing[0]}, but no first one.")
    return "\n\n".join(f"{one.run}:\n\n{repeated_run.table(first[one.run], one)}" for one in repeated)


def _pictures(number: str, summaries: Sequence[RunSummary], folder: str) -> str:
    """A figure of every run that has it."""
    return "\n".join(
        f"![Figure {number}, {summary.run}: {name}]({folder}/{summary.run}.{name}.svg)"
        for summary in summaries
        for name in summary.figures
        if name.split(".")[0] == f"figure-{number}"
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m fairseq_neurons.pipelines.paper.document DOCUMENT [RUN_FOLDER ...]")
    try:
        main(*sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
