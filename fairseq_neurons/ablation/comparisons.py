"""Whether points differ: each from the unablated model, and rankings and orders from each other."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from tqdm import tqdm

from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.curve_points import UNABLATED, place_in_order
from fairseq_neurons.ablation.forked_workers import Workers
from fairseq_neurons.ablation.metrics.metric import Metric
from fairseq_neurons.storage.results_log import Entry

# As many share the baseline's resamples and are written down at once.
TOGETHER = 8
# What a point takes over from its comparison with the unablated model.
TAKEN_OVER = ("low", "high", "p_value", "chrf_low", "chrf_high", "chrf_p_value")

Task = tuple[str, tuple[str, ...]]


def compare(metric: Metric, place: CurveFolder, processes: int) -> list[Entry]:
    """Test all the points of a folder, but those that have been tested.

    Args:
        metric: that measured them.
        place: the folder.
        processes: that share the work.

    Returns:
        A comparison each, in the order of the points: ``against`` is None for the unablated model, or the ``ranking``,
        ``order`` and ``seed`` of another point with as many neurons.
    """
    curve = sorted(place.curve.records, key=place_in_order)
    pairs = [(entry, other, _signature(metric, entry, other)) for entry, other in _pairs(curve)]
    lines: dict[tuple[str, str], list[tuple[Entry, str]]] = defaultdict(list)
    for entry, other, signature in pairs:
        if signature not in place.comparisons:
            lines[_key(other), _key(entry)].append((_named(entry, other), signature))

    def test(task: Task) -> list[Entry]:
        baseline, others = task
        return metric.compare(place.read(metric, baseline), [place.read(metric, key) for key in others])

    tasks = _tasks(list(lines))
    with Workers(test, min(processes, len(tasks)), place.release) as workers:
        results = workers.results(tasks)
        for (baseline, others), found in tqdm(results, "tests", len(tasks), unit="test", disable=not tasks):
            for key, result in zip(others, found, strict=True):
                for named, signature in lines[baseline, key]:
                    place.comparisons.add(signature, {**named, **result})
    return [place.comparisons[signature] for _, _, signature in pairs]


def with_significance(curve: Sequence[Entry], comparisons: Sequence[Entry], test: str) -> list[Entry]:
    """The points in order, with their intervals and p-values against the unablated model, and what made these."""
    against = {_identity(found): found for found in comparisons if found["against"] is None}
    completed = []
    for entry in sorted(curve, key=place_in_order):
        found = against[_identity(entry)]
        taken = {name: found[name] for name in TAKEN_OVER if name in found}
        signature = entry["signature"]
        measured = {name: value for name, value in entry.items() if name not in (*TAKEN_OVER, "test", "signature")}
        completed.append({**measured, **taken, "test": test, "signature": signature})
    return completed


def _pairs(curve: Sequence[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """Every point with None, and with those of another ranking in its order or another order of its ranking."""
    for entry in curve:
        yield entry, None
    by_count: dict[int, list[Entry]] = defaultdict(list)
    for entry in curve:
        for other in by_count[entry["neurons"]] if entry["neurons"] else ():
            same = entry["ranking"] == other["ranking"], entry["order"] == other["order"]
            if same == (True, False) or (same == (False, True) and entry["order"] != "random"):
                yield entry, other
        by_count[entry["neurons"]].append(entry)


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


def _key(entry: Entry | None) -> str:
    return UNABLATED if entry is None else PurePath(entry["output"]).stem


def _named(entry: Entry, other: Entry | None) -> Entry:
    names = ("ranking", "order", "seed")
    against = other and {name: other[name] for name in names}
    return {**{name: entry[name] for name in (*names, "neurons", "metric")}, "against": against}


def _signature(metric: Metric, entry: Entry, other: Entry | None) -> str:
    return f"{metric.test_signature}|point:{_digest(entry)}|against:{UNABLATED if other is None else _digest(other)}"


def _digest(entry: Entry) -> str:
    return hashlib.sha256(entry["signature"].encode("utf-8")).hexdigest()[:16]


def _identity(entry: Entry) -> tuple[object, ...]:
    return entry["ranking"], entry["order"], entry["seed"], entry["neurons"]
