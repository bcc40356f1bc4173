"""The lines of a curve: its points by ranking and order, with their means over seeds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import PurePath
from statistics import fmean

from fairseq_neurons.ablation.curve_records import ORDERS, Point

# A difference with a larger p-value is not significant.
LEVEL = 0.05
MARK = "°"
SAMPLES = re.compile(r"\|samples:(\d+)")


@dataclass(frozen=True)
class LinePoint:
    """The points of a line with the same number of neurons: one, or one a seed.

    Args:
        points: at least one.
    """

    points: tuple[Point, ...]

    @property
    def neurons(self) -> int:
        """How many are masked."""
        return self.points[0].neurons

    @property
    def share(self) -> str:
        """The same as it was asked for, ``50`` or ``2.5%``."""
        return self.points[-1].share

    @property
    def scores(self) -> list[float]:
        """One a seed; infinite where a score exceeds all numbers."""
        return [point.score for point in self.points]

    @property
    def mean(self) -> float:
        """Of the scores; infinite if one is."""
        return fmean(self.scores)

    @property
    def band(self) -> tuple[float, float]:
        """The range of the scores of random orders, else the 95 % interval; nan where there is none."""
        first = self.points[0]
        if first.order == "random":
            return min(self.scores), max(self.scores)
        return nan if first.low is None else first.low, nan if first.high is None else first.high

    @property
    def p_value(self) -> float | None:
        """The largest one against the unablated model; None if no point has been tested."""
        return max((point.p_value for point in self.points if point.p_value is not None), default=None)

    @property
    def least_p_value(self) -> float | None:
        """The smallest p-value that the test can give, see `least_p_value`."""
        return least_p_value(self.points[0].test)

    @property
    def doubtful(self) -> bool:
        """Whether neurons are masked without a significant difference from the unablated model."""
        return self.neurons > 0 and self.p_value is not None and self.p_value >= LEVEL


@dataclass(frozen=True)
class Line:
    """One ranking in one order.

    Args:
        ranking: empty for random orders, which depend on their seeds alone.
        order: ``top``, ``bottom`` or ``random``.
        points: by growing number of neurons.
    """

    ranking: str
    order: str
    points: tuple[LinePoint, ...]

    def at(self, neurons: int) -> LinePoint | None:
        """The point with this number of masked neurons; None if it has not been measured."""
        return next((point for point in self.points if point.neurons == neurons), None)


def least_p_value(test: str) -> float | None:
    """The smallest p-value that a test by samples can give, 1 / (samples + 1); None for other tests.

    Args:
        test: its signature, which names the number of samples.

    >>> least_p_value("paired:bootstrap|samples:99|seed:1"), least_p_value("paired:mcnemar-exact")
    (0.01, None)
    """
    found = SAMPLES.search(test)
    return 1 / (int(found.group(1)) + 1) if found else None


def lines_of(points: Iterable[Point]) -> tuple[Line, ...]:
    """Sort points into lines: from the top of every ranking, from the bottom, then random."""
    found: dict[tuple[str, str], dict[int, dict[int | None, Point]]] = defaultdict(lambda: defaultdict(dict))
    for point in points:
        ranking = "" if point.order == "random" else point.ranking
        found[ranking, point.order][point.neurons][point.seed] = point
    in_order = sorted(found, key=lambda line: (ORDERS.index(line[1]), line[0]))
    return tuple(
        Line(*line, tuple(LinePoint(tuple(found[line][count].values())) for count in sorted(found[line])))
        for line in in_order
    )


def line_names(lines: Sequence[Line]) -> list[str]:
    """Headers of the lines: the shortest distinct name of the ranking, and the order."""
    names = short_names([line.ranking for line in lines if line.ranking])
    return [f"{names[line.ranking]}, {line.order}" if line.ranking else line.order for line in lines]


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Shorten paths to what distinguishes them, without the folders and endings that all of them have.

    >>> short_names(["runs/pos/ranking.json", "runs/morph/ranking.json"])
    {'runs/pos/ranking.json': 'pos', 'runs/morph/ranking.json': 'morph'}
    """
    parts = {path: list(PurePath(path).with_suffix("").parts) for path in paths}
    for end in (0, -1):
        while all(len(left) > 1 for left in parts.values()) and len({left[end] for left in parts.values()}) == 1:
            for left in parts.values():
                del left[end]
    return {path: "/".join(left) for path, left in parts.items()}
