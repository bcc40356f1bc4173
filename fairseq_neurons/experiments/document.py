"""Put tables into a document: ``python -m fairseq_neurons.experiments.document docs/reproduction.md SUMMARY.json ...``.

Between ``<!-- table: NAME -->`` and ``<!-- end -->`` stands what the summaries give; everything else is left as it is.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.experiments import claims, curves, tables
from fairseq_neurons.experiments.tables import Summary
from fairseq_neurons.files import read_text, write_text_whole

TABLES: dict[str, Callable[[Sequence[Summary]], str]] = {**tables.TABLES, **curves.TABLES, "claims": claims.table}
BLOCK = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(document: str, summaries: Sequence[Summary]) -> str:
    """The document with its tables made anew.

    Raises:
        InputError: if it asks for a table that there is none of.
    """

    def table(block: re.Match[str]) -> str:
        begin, name, end = block.groups()
        if name not in TABLES:
            raise InputError(f"There is no table {name!r}; the tables are {', '.join(TABLES)}.")
        return f"{begin}\n{TABLES[name](summaries)}\n\n{end}"

    return BLOCK.sub(table, document)


def main(document: str, *summaries: str) -> None:
    """Rewrite a document's tables."""
    path = Path(document)
    read = [json.loads(read_text(Path(summary), "summary")) for summary in summaries]
    write_text_whole(path, fill(read_text(path, "document"), read))


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m fairseq_neurons.experiments.document DOCUMENT SUMMARY.json ...")
    try:
        main(*sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
