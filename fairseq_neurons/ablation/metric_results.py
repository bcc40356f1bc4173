"""What a metric finds: the score of one output, and the test of two."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

# A value without structure.
Scalar = float | str | None


@dataclass(frozen=True)
class Score:
    """What a metric measures of one model.

    Args:
        score: the number that the curve shows; infinite where it exceeds all numbers.
        extra: what else belongs to it, by name.
    """

    score: float
    extra: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Significance:
    """A significance test of one output against another on the same sentences.

    Args:
        score: of the first.
        low: lower end of the confidence interval of that score; None if there is none, or it is infinite.
        high: upper end, likewise.
        difference: of the score from the other's; None if either is infinite.
        p_value: of the difference, two-sided.
        details: what else the test found.
        beside: results of a second score, measured beside the first.
    """

    score: float
    difference: float | None
    p_value: float
    low: float | None = None
    high: float | None = None
    details: Mapping[str, Scalar] = field(default_factory=dict)
    beside: Mapping[str, Scalar] = field(default_factory=dict)

    def to_json(self) -> dict[str, Scalar]:
        """The fields in the order in which they are on disk."""
        return {
            **{"score": finite(self.score), "low": self.low, "high": self.high, "difference": self.difference},
            **self.details,
            "p_value": self.p_value,
            **self.beside,
        }


def finite(score: float) -> float | None:
    """A score as JSON has it, which lacks infinity: null."""
    return None if math.isinf(score) else score
