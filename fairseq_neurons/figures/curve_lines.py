"""The lines of a curve: points by ranking and order, with what is uncertain about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan
from statistics import fmean

from fairseq_neurons.ablation.ablation_settings import ORDERS
from fairseq_neurons.ablation.curve_table import LEVEL
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.results_log import Entry

METRICS = {"bleu": "BLEU", "perplexity": "perplexity", "control": "translations turned (%)"}
FIELDS = ("ranking", "order", "seed", "neurons", "metric", "score", "signature")

# Ranking and order.
Line = tuple[str, str]


@dataclass(frozen=True)
class CurvePoint:
    """One point of a line.

    Args:
        neurons: how many are clamped.
        score: mean over the seeds; infinite for a model that cannot even be scored.
        low: lower end of the band: of the 95 % interval, or for random orders the lowest seed; nan for none.
        high: likewise.
        doubtful: no significant difference from the unablated model.
    """

    neurons: int
    score: float
    low: float
    high: float
    doubtful: bool


def lines_of(curve: Sequence[Entry]) -> dict[Line, list[CurvePoint]]:
    """The points of every line, by ranking and order: from the top, from the bottom, then random.

    Random orders depend on their seeds alone, not on a ranking, whose name is then empty.
    """
    entries: dict[Line, dict[int, dict[int | None, Entry]]] = defaultdict(lambda: defaultdict(dict))
    for entry in curve:
        ranking = "" if entry["order"] == "random" else entry["ranking"]
        entries[ranking, entry["order"]][entry["neurons"]][entry["seed"]] = entry
    in_order = sorted(entries, key=lambda line: (ORDERS.index(line[1]), line[0]))
    return {
        line: [_point(count, list(entries[line][count].values()), line[1]) for count in sorted(entries[line])]
        for line in in_order
    }


def metric_of(curve: Sequence[Entry]) -> str:
    """The one metric of all points.

    Raises:
        InputError: if there is none, there are several, or a point lacks a field.
    """
    for entry in curve:
        if missing := [name for name in FIELDS if name not in entry]:
            raise InputError(f"A point of the curve has no {missing[0]!r}; it should have {', '.join(FIELDS)}.")
    metrics = sorted({str(entry["metric"]) for entry in curve})
    if len(metrics) != 1:
        raise InputError(f"A panel shows points of one metric, not of {', '.join(metrics) or 'none'}.")
    if metrics[0] not in METRICS:
        raise InputError(f"metric={metrics[0]}: curves are drawn of {', '.join(METRICS)}.")
    return metrics[0]


def _point(count: int, entries: Sequence[Entry], order: str) -> CurvePoint:
    scores = [inf if entry["score"] is None else entry["score"] for entry in entries]
    if order == "random":
        low, high = min(scores), max(scores)
    else:
        low, high = (nan if (end := entries[0].get(name)) is None else end for name in ("low", "high"))
    doubtful = count > 0 and any(entry.get("p_value", 0.0) >= LEVEL for entry in entries)
    return CurvePoint(count, fmean(scores), low, high, doubtful)
