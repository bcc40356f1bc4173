"""Test whether points differ: each from the unablated model, and rankings and orders from each other."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from tqdm import tqdm

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.forked_workers import Workers
from fairseq_neurons.ablation.metric_results import Significance
from fairseq_neurons.ablation.metrics.metric import AnyMetric
from fairseq_neurons.ablation.planned_points import UNABLATED

# At most this many points share the baseline's resamples and are written down at once.
TOGETHER = 8

Task = tuple[str, tuple[str, ...]]
Pair = tuple[Point, Point | None]


def compare(metric: AnyMetric, place: CurveFolder, processes: int) -> list[Comparison]:
    """Test all the points of a folder that have not been tested.

    Args:
        metric: that measured them.
        place: the folder.
        processes: that share the work.

    Returns:
        A comparison each, in the order of the points.
    """
    curve = sorted(place.curve.records, key=lambda point: point.place)
    pairs = [(pair, _signature(metric, *pair)) for pair in _pairs(curve)]
    missing: dict[tuple[str, str], list[tuple[Pair, str]]] = defaultdict(list)
    for (point, other), signature in pairs:
        if signature not in place.comparisons:
            missing[_key(other), _key(point)].append(((point, other), signature))

    def test(task: Task) -> list[Significance]:
        baseline, others = task
        return metric.compare(place.read(metric, baseline), [place.read(metric, key) for key in others])

    tasks = _tasks(list(missing))
    with Workers(test, min(processes, len(tasks)), place.release) as workers:
        results = workers.results(tasks)
        for (baseline, others), found in tqdm(results, "tests", len(tasks), unit="test", disable=not tasks):
            for key, result in zip(others, found, strict=True):
                for (point, other), signature in missing[baseline, key]:
                    place.comparisons.add(signature, _comparison(point, other, result, signature))
    return [place.comparisons[signature] for _, signature in pairs]


def with_significance(
    curve: Sequence[Point], comparisons: Sequence[Comparison], test: str, beside: tuple[str, ...] = ()
) -> list[Point]:
    """Complete the points, in order, with their intervals and p-values against the unablated model.

    Args:
        curve: the points.
        comparisons: all tests of them.
        test: the settings that made these.
        beside: the results of a second score that points have, too.
    """
    against = {(found.choice, found.neurons): found.result for found in comparisons if found.against is None}
    return [
        point.tested(against[point.choice, point.neurons], test, beside)
        for point in sorted(curve, key=lambda point: point.place)
    ]


def _pairs(curve: Sequence[Point]) -> Iterator[Pair]:
    """Every point with None, and with those of another ranking in its order or another order of its ranking."""
    for point in curve:
        yield point, None
    by_count: dict[int, list[Point]] = defaultdict(list)
    for point in curve:
        for other in by_count[point.neurons] if point.neurons else ():
            same = point.ranking == other.ranking, point.order == other.order
            if same == (True, False) or (same == (False, True) and point.order != "random"):
                yield point, other
        by_count[point.neurons].append(point)


def _tasks(pairs: Sequence[tuple[str, str]]) -> list[Task]:
    """Pairs with the same baseline together."""
    others: dict[str, list[str]] = defaultdict(list)
    for baseline, key in pairs:
        others[baseline].append(key)
    return [
        (baseline, tuple(keys[start : start + TOGETHER]))
        for baseline, keys in others.items()
        for start in range(0, len(keys), TOGETHER)
    ]


def _comparison(point: Point, other: Point | None, result: Significance, signature: str) -> Comparison:
    against = None if other is None else other.choice
    return Comparison(point.choice, point.neurons, point.metric, against, result, signature)


def _key(point: Point | None) -> str:
    return UNABLATED if point is None else PurePath(point.output).stem


def _signature(metric: AnyMetric, point: Point, other: Point | None) -> str:
    return f"{metric.test_signature}|point:{_digest(point)}|against:{UNABLATED if other is None else _digest(other)}"


def _digest(point: Point) -> str:
    return hashlib.sha256(point.signature.encode("utf-8")).hexdigest()[:16]
