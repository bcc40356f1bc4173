"""The tables of one run as a document to read: ``tables.md`` in its folder."""

from __future__ import annotations

from pathlib import Path

from fairseq_neurons.pipelines.paper.run_summary import RunSummary
from fairseq_neurons.pipelines.paper.table_catalogue import TABLES
from fairseq_neurons.storage.files import write_text_whole

TABLES_FILE = "tables.md"

INTRODUCTION = """\
The tables of Dalvi et al. 2019 for this run, beside the published numbers; ± is the standard deviation over the models.
All numbers, with their intervals and p-values, are in [summary.json](summary.json), the figures in
[figures/](figures/), and a page to explore is [report/index.html](report/index.html)."""


def write_tables(folder: Path, summary: RunSummary) -> None:
    """Write ``tables.md``.

    Args:
        folder: of the run.
        summary: of the run.

    Raises:
        InputError: if it cannot be written.
    """
    write_text_whole(folder / TABLES_FILE, run_tables(summary))


def run_tables(summary: RunSummary) -> str:
    """All tables of a run with their titles and captions; those of what has not been measured are left out."""
    made = {table: table.make([summary]) for table in TABLES.values()}
    sections = [f"## {table.title}\n\n{table.caption}\n\n{content}" for table, content in made.items() if content]
    return "\n\n".join([f"# {summary.run}", INTRODUCTION, *sections]) + "\n"
