"""Measure the points of a curve that have not been measured yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch
from tqdm import tqdm

from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.forked_workers import Workers
from fairseq_neurons.ablation.metric_results import Score
from fairseq_neurons.ablation.metrics.metric import AnyMetric
from fairseq_neurons.ablation.planned_points import UNABLATED, PlannedPoint
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin.masking import masked


class Measurement:
    """A model under mask after mask.

    Args:
        model: loaded.
        metric: what is measured.
        place: where it is kept.
        made_by: what the signatures of all points share.
    """

    def __init__(self, model: torch.nn.Module, metric: AnyMetric, place: CurveFolder, made_by: str) -> None:
        self.model, self.metric, self.place, self.made_by = model, metric, place, made_by
        self._masks: dict[str, Mask] = {}

    def measure(self, points: Sequence[PlannedPoint], processes: int) -> None:
        """Every point that is missing, and the unablated model; points with equal masks at once.

        Args:
            points: all of them, at least one.
            processes: that share the work.
        """
        groups: dict[str, list[PlannedPoint]] = defaultdict(list, {UNABLATED: []})
        neurons = points[0].mask.neurons
        self._masks = {UNABLATED: Mask.of(neurons, points[0].mask.indices[:0], site=points[0].mask.site)}
        for point in points:
            self._masks.setdefault(point.key, point.mask)
            if self.signature(point) not in self.place.curve:
                groups[point.key].append(point)
            elif not self.place.has(self.metric, point.key):
                groups.setdefault(point.key, [])  # the score is known, but not what it is compared by
        if self.metric.is_relative:
            self._relate()
        missing = [key for key in groups if groups[key] or not self.place.has(self.metric, key)]
        with Workers(self._evaluate, min(processes, len(missing)), self.place.release) as workers:
            results = workers.results(missing)
            for key, (output, score) in tqdm(results, "points", len(missing), unit="mask", disable=not missing):
                if not self.place.has(self.metric, key):
                    self.place.keep(self.metric, key, output)
                for point in groups[key]:
                    self.place.curve.add(self.signature(point), self._measured(point, score))

    def signature(self, point: PlannedPoint) -> str:
        """All settings that make the score of a point."""
        return f"{self.metric.signature}|{self.made_by}|{point.mask.signature}"

    def _relate(self) -> None:
        """Measure the unablated model before all others."""
        output = self._output(UNABLATED)
        if not self.place.has(self.metric, UNABLATED):
            self.place.keep(self.metric, UNABLATED, output)
        self.metric.relate_to(output)

    def _evaluate(self, key: str) -> tuple[Any, Score]:
        output = self._output(key)
        return output, self.metric.score(output)

    def _output(self, key: str) -> Any:
        if self.place.has(self.metric, key):
            return self.place.read(self.metric, key)
        with torch.no_grad(), masked(self.model, self._masks[key]):
            return self.metric.run()

    def _measured(self, point: PlannedPoint, score: Score) -> Point:
        return Point(
            *point.choice,
            neurons=point.neurons,
            share=point.share,
            metric=self.metric.info.name,
            score=score.score,
            extra=score.extra,
            output=str(self.place.path(self.metric, point.key).relative_to(self.place.out)),
            signature=self.signature(point),
        )
