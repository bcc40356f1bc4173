"""Tables of the page, and the format of the numbers in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isclose
from typing import NamedTuple

DASH = "–"
# Smaller p-values are given as a bound.
SMALLEST = 0.001


class Cell(NamedTuple):
    """A cell of a table.

    Args:
        text: the value.
        note: an interval or a p-value, in small text after the value.
        link: address of a neuron on the page; may be empty.
    """

    text: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True)
class Table:
    """A table whose first column names the rows.

    Args:
        caption: title of the table.
        header: names of the columns.
        rows: rows with a cell for each column.
        note: text below the table.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


def row(name: str, values: Iterable[str | Cell]) -> list[Cell]:
    """Make a row of texts and cells."""
    return [Cell(name), *(value if isinstance(value, Cell) else Cell(value) for value in values)]


def percent(share: float | None, digits: int = 1) -> str:
    """``0.959`` -> ``95.9``."""
    return DASH if share is None else printed(f"{100 * share:.{digits}f}")


def printed(number: str) -> str:
    """A number as it is printed: with a true minus, and a sign for infinity."""
    return number.replace("-", "−").replace("inf", "∞")


def signed(value: float, digits: int = 2) -> str:
    """A difference, with its sign and a true minus."""
    return printed(f"{value:+.{digits}f}")


def p_value(value: float, bare: bool = False, least: float | None = None) -> str:
    """``p = 0.04``, or bare ``0.04``; very small values as a bound, also the ``least`` that the test can give."""
    if least is not None and is_least(value, least):
        return f"{'' if bare else 'p '}≤ 1/{round(1 / least):,}"
    if value < SMALLEST:
        return f"{'' if bare else 'p '}< {SMALLEST}"
    # With two digits, a p-value just below 0.05 could be rounded to it.
    return f"{'' if bare else 'p = '}{value:.{3 if value < 0.1 else 2}g}"


def is_least(value: float, least: float) -> bool:
    """Whether a p-value is the smallest that its test can give."""
    return isclose(value, least, rel_tol=1e-9)


def interval(low: float | None, high: float | None, scale: float = 1, digits: int = 1) -> str:
    """``95.1 to 96.4``; empty if there is none."""
    if low is None or high is None:
        return ""
    return printed(f"{scale * low:.{digits}f} to {scale * high:.{digits}f}")
