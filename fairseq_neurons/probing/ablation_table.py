"""Accuracy with some of the neurons, arranged as in Tables 2 and 4 to 6 of Dalvi et al. 2019.

The terminal, the page and the demo show its lines; what a line has is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from fairseq_neurons.number_format import percent
from fairseq_neurons.probing.result_parts import DifferenceRow, KeptAccuracy

# In the paper's words, and in its order.
KINDS = {"mask": "masking-out", "retrain": "retraining"}
KEEPS = ("top", "random", "bottom")


@dataclass(frozen=True)
class AblationCell:
    """Accuracy with the neurons of one kind, choice and fraction.

    Args:
        rows: one, or several random subsets.
    """

    rows: tuple[KeptAccuracy, ...]

    @property
    def mean(self) -> float | None:
        """Mean accuracy; None without rows."""
        return fmean(row.accuracy for row in self.rows) if self.rows else None


@dataclass(frozen=True)
class AblationLine:
    """Accuracies with the same number of neurons, kept in the same way.

    Args:
        title: of the kind.
        fraction: of the neurons that are kept.
        cells: by choice of neurons, in the order of ``KEEPS``.
        top_minus_bottom: the paired difference; None if it was not measured.
    """

    title: str
    fraction: float
    cells: Mapping[str, AblationCell]
    top_minus_bottom: DifferenceRow | None

    def shown(self, keeps: Sequence[str] = KEEPS) -> str:
        """Mean accuracies in percent, ``90.1 / 75.0 / 52.3``."""
        return " / ".join(percent(self.cells[keep].mean) for keep in keeps)


@dataclass(frozen=True)
class AblationTable:
    """The cells of the table, by kind, choice and fraction.

    Args:
        rows: the accuracies.
        differences: of top neurons from bottom and random ones.
    """

    rows: Sequence[KeptAccuracy]
    differences: Sequence[DifferenceRow] = ()

    def fractions(self, kind: str | None = None) -> list[float]:
        """The fractions of one kind or of all, in the order of measurement."""
        return list(dict.fromkeys(row.fraction for row in self.rows if kind in (None, row.kind)))

    def cell(self, kind: str, keep: str, fraction: float) -> AblationCell:
        """One cell; it has no rows if it was not measured."""
        wanted = (kind, keep, fraction)
        return AblationCell(tuple(row for row in self.rows if (row.kind, row.keep, row.fraction) == wanted))

    def line(self, kind: str, fraction: float) -> AblationLine:
        """One line; its cells have no rows where nothing was measured."""
        cells = {keep: self.cell(kind, keep, fraction) for keep in KEEPS}
        wanted = (kind, fraction, "top-bottom")
        found = (one for one in self.differences if (one.kind, one.fraction, one.between) == wanted)
        return AblationLine(KINDS[kind], fraction, cells, next(found, None))

    def lines(self) -> Iterator[AblationLine]:
        """All lines that were measured, by kind and fraction."""
        for kind in KINDS:
            for fraction in sorted(self.fractions(kind)):
                yield self.line(kind, fraction)
