"""Markdown tables, read back."""

from __future__ import annotations


def rows(table: str) -> list[list[str]]:
    """Cells of all lines but the rule."""
    lines = [line for line in table.splitlines() if line.startswith("|") and not line.startswith("|-")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
