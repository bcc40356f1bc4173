"""What all tables of runs share: names of kinds of models, and Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from tabulate import tabulate

KINDS = {"nmt": "NMT", "lm": "NLM"}


def markdown(header: Sequence[str], rows: Sequence[Sequence[object]], text: int = 0) -> str:
    """Format a table.

    Args:
        header: titles of the columns.
        rows: cells.
        text: how many columns, from the left, are aligned to the left; the others are aligned to the right.
    """
    align = ["left"] * text + ["right"] * (len(header) - text)
    return tabulate(rows, header, tablefmt="github", disable_numparse=True, colalign=align if rows else None)


def code(text: str) -> str:
    """Format a label, a word or a signature as code in a cell.

    >>> code("a|b"), code("`")
    ('`a\\\\|b`', '`` ` ``')
    """
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"
