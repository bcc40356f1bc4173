"""Put runs into a document.

Run as ``python -m fairseq_neurons.pipelines.paper.document docs/reproduction.md [RUN_FOLDER ...]``.

Between ``<!-- table: NAME -->`` or ``<!-- figure: NUMBER -->`` and ``<!-- end -->`` stands what the summaries in the
folder beside the document give, which has its name; everything else is left as it is. A run made a second time has its
summary in that folder's ``again/``.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import claims
from fairseq_neurons.pipelines.paper import paper_curves as curves
from fairseq_neurons.pipelines.paper import paper_figures as figures
from fairseq_neurons.pipelines.paper import paper_tables as tables
from fairseq_neurons.pipelines.paper import repeated_run as again
from fairseq_neurons.pipelines.paper.paper_tables import Summary, run_of
from fairseq_neurons.storage.files import read_text, write_text_whole

TABLES: dict[str, Callable[[Sequence[Summary]], str]] = {**tables.TABLES, **curves.TABLES, "claims": claims.table}
BLOCK = re.compile(r"(<!-- (table|figure): (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(document: str, summaries: Sequence[Summary], folder: str, repeated: Sequence[Summary] = ()) -> str:
    """The document with its tables and figures made anew.

    Args:
        document: its text.
        summaries: of the runs, in the order of the tables' rows.
        folder: where the figures are, seen from the document.
        repeated: of runs made a second time.

    Raises:
        InputError: if it asks for a table that there is none of, or a repeated run has no first one.
    """

    tables = {**TABLES, "again": lambda summaries: _again(summaries, repeated)}

    def block(found: re.Match[str]) -> str:
        begin, kind, name, end = found.groups()
        if kind == "figure":
            return f"{begin}\n{_pictures(name, summaries, folder)}\n\n{end}"
        if name not in tables:
            raise InputError(f"There is no table {name!r}; the tables are {', '.join(tables)}.")
        return f"{begin}\n{tables[name](summaries)}\n\n{end}"

    return BLOCK.sub(block, document)


def collect(run: Path, folder: Path) -> None:
    """Copy what the document shows of a run, its summary and its figures.

    Raises:
        InputError: if the run has no summary.
    """
    summary = json.loads(read_text(run / "summary.json", "summary"))
    folder.mkdir(parents=True, exist_ok=True)
    for name in summary["figures"]:
        shutil.copyfile(run / figures.FOLDER / f"{name}.svg", folder / f"{run_of(summary)}.{name}.svg")
    shutil.copyfile(run / "summary.json", folder / f"{run_of(summary)}.json")


def main(document: str, *runs: str) -> None:
    """Collect runs, and rewrite the document's tables from them and those collected before."""
    path = Path(document)
    folder = path.with_suffix("")
    for run in runs:
        collect(Path(run), folder)
    filled = fill(read_text(path, "document"), read_summaries(folder), path.stem, read_summaries(folder / "again"))
    write_text_whole(path, filled)


def read_summaries(folder: Path) -> list[Summary]:
    """Those of a folder, in the order of the tables' rows."""
    return [json.loads(read_text(file, "summary")) for file in sorted(folder.glob("*.json"))]


def _again(summaries: Sequence[Summary], repeated: Sequence[Summary]) -> str:
    """What came out when a run was made a second time."""
    first = {run_of(summary): summary for summary in summaries}
    if missing := [run_of(one) for one in repeated if run_of(one) not in first]:
        raise InputError(f"{missing[0]} is there a second time, but not a first.")
    return "\n\n".join(f"{run_of(one)}:\n\n{again.table(first[run_of(one)], one)}" for one in repeated)


def _pictures(number: str, summaries: Sequence[Summary], folder: str) -> str:
    """A figure of every run that has it."""
    return "\n".join(
        f"![Figure {number}, {run_of(summary)}: {name}]({folder}/{run_of(summary)}.{name}.svg)"
        for summary in summaries
        for name in summary["figures"]
        if name.split(".")[0] == f"figure-{number}"
    )


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python -m fairseq_neurons.pipelines.paper.document DOCUMENT [RUN_FOLDER ...]")
    try:
        main(*sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
