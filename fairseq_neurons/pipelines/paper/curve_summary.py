"""An ablation curve, as ``summary.json`` has it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Choice, Point
from fairseq_neurons.ablation.metric_results import Significance


@dataclass(frozen=True)
class PointSummary:
    """A point of a curve; a score of None exceeds all numbers."""

    ranking: str
    order: str
    seed: int | None
    neurons: int
    score: float | None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True)
class OtherPoint:
    """The point that another one is compared with."""

    ranking: str
    order: str
    seed: int | None


@dataclass(frozen=True)
class TestSummary:
    """A test of a point against another one with as many neurons."""

    order: str
    seed: int | None
    neurons: int
    p_value: float
    ranking: str
    against: OtherPoint


@dataclass(frozen=True)
class CurveSummary:
    """An ablation curve, with short names of the rankings.

    Args:
        metric: its name.
        points: of all rankings and orders.
        comparisons: tests of two points.
        signature: of the scores.
        test: of the tests.
    """

    metric: str
    points: tuple[PointSummary, ...]
    comparisons: tuple[TestSummary, ...]
    signature: str
    test: str

    def curve(self, name: str) -> Curve:
        """The same as a curve of this name."""
        points = [
            Point(
                *(point.ranking, point.order, point.seed, point.neurons, "", self.metric),
                score=math.inf if point.score is None else point.score,
                low=point.low,
                high=point.high,
                p_value=point.p_value,
                signature=self.signature,
            )
            for point in self.points
        ]
        tests = [
            Comparison(
                Choice(found.ranking, found.order, found.seed),
                found.neurons,
                self.metric,
                Choice(found.against.ranking, found.against.order, found.against.seed),
                Significance(math.inf, None, found.p_value),
                self.signature,
            )
            for found in self.comparisons
        ]
        return Curve(tuple(points), tuple(tests), {"metric": self.metric}, name=name)
