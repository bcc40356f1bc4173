"""An ablation curve as a value, read from its folder and checked once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve_lines import Line, lines_of
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.metric_results import Scalar
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.ablation.metrics.metric_registry import metric_info
from fairseq_neurons.ablation.record_fields import scalars
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import read_object, read_objects

SETTINGS, POINTS, COMPARISONS = "settings.json", "curve.jsonl", "comparisons.jsonl"


@dataclass(frozen=True)
class Curve:
    """All points of an ablation, and the tests between them.

    Args:
        points: of one metric.
        comparisons: paired tests of points, against the unablated model and against each other.
        settings: that all points share.
        path: the folder.
        name: of the curve, for titles.
    """

    points: tuple[Point, ...]
    comparisons: tuple[Comparison, ...] = ()
    settings: Mapping[str, Scalar] = field(default_factory=dict)
    path: Path = Path()
    name: str = ""

    @classmethod
    def read(cls, path: str | Path, name: str | None = None) -> Curve:
        """Read ``curve.jsonl``, ``comparisons.jsonl`` and ``settings.json`` of a folder.

        Args:
            path: the folder. A curve that is being measured has the points that are complete.
            name: for titles; by default that of the folder.

        Raises:
            InputError: naming the file, and the line, if one cannot be read or has a missing or mistyped field.
        """
        folder = Path(path)
        settings = read_object(folder / SETTINGS, "settings file").inner("settings")
        for needed in ("checkpoint_sha256", "metric"):
            settings.required(needed, str)
        points = map(Point.read, read_objects(folder / POINTS, "curve"))
        tests = folder / COMPARISONS
        comparisons = map(Comparison.read, read_objects(tests, "comparisons") if os.path.lexists(tests) else ())
        curve = cls(tuple(points), tuple(comparisons), scalars(settings), folder, folder.name if name is None else name)
        for point in curve.points:
            if point.metric != curve.settings["metric"]:
                measured = f"{curve.settings['metric']} by {SETTINGS}, {point.metric} by {POINTS}"
                raise InputError(f"{folder} is damaged: its points are of one metric, {measured}.")
        return curve

    @cached_property
    def metric(self) -> MetricInfo:
        """What was measured; an unknown metric has its name for a title.

        Raises:
            InputError: if there is no point, or they are of several metrics.
        """
        names = sorted({point.metric for point in self.points} | {str(self.settings.get("metric", ""))} - {""})
        if len(names) != 1:
            raise InputError(f"A curve shows points of one metric, not of {', '.join(names) or 'none'}.")
        return metric_info(names[0])

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The points by ranking and order: from the top of every ranking, from the bottom, then random."""
        return lines_of(self.points)

    def line(self, ranking: str, order: str) -> Line:
        """The line of a ranking and order; it has no points if none has been measured.

        Random orders depend on their seeds alone: their line is the same whatever the ranking.
        """
        ranking = "" if order == "random" else ranking
        found = (line for line in self.lines if (line.ranking, line.order) == (ranking, order))
        return next(found, Line(ranking, order, ()))

    @property
    def shares(self) -> dict[int, str]:
        """The numbers of neurons, ascending, with the way in which each was asked for: ``50`` or ``2.5%``."""
        return dict(sorted({point.neurons: point.share for point in self.points}.items()))

    def only(self, wanted: Callable[[Point], bool]) -> Curve:
        """The curve with some of its points, without comparisons."""
        return replace(self, points=tuple(filter(wanted, self.points)), comparisons=())

    def renamed(self, names: Callable[[str], str]) -> Curve:
        """The curve with other names of its rankings.

        Args:
            names: the new name of each.
        """
        points = (replace(point, ranking=names(point.ranking)) for point in self.points)
        tests = (
            replace(
                found,
                choice=found.choice._replace(ranking=names(found.choice.ranking)),
                against=found.against and found.against._replace(ranking=names(found.against.ranking)),
            )
            for found in self.comparisons
        )
        return replace(self, points=tuple(points), comparisons=tuple(tests))
