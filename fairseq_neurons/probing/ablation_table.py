"""Accuracy with some of the neurons, arranged as in Tables 2 and 4 to 6 of Dalvi et al. 2019; renderers only format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

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

    def means(self, kind: str, fraction: float) -> list[float | None]:
        """Mean accuracies with the top, random and bottom neurons."""
        return [self.cell(kind, keep, fraction).mean for keep in KEEPS]

    def top_minus_bottom(self, kind: str, fraction: float) -> DifferenceRow | None:
        """The paired difference; None if it was not measured."""
        wanted = (kind, fraction, "top-bottom")
        return next((one for one in self.differences if (one.kind, one.fraction, one.between) == wanted), None)
