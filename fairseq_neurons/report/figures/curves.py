"""What a model loses with its neurons (Dalvi et al. 2019, Figures 4, 5, 7 and 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan
from statistics import fmean

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from matplotlib.typing import LineStyleType

from fairseq_neurons.ablation.settings import ORDERS
from fairseq_neurons.ablation.table import LEVEL, short_names
from fairseq_neurons.errors import InputError
from fairseq_neurons.ledger import Entry
from fairseq_neurons.report.figures.legends import draw_legend, legend_height, legend_rows
from fairseq_neurons.report.figures.letters import shortened
from fairseq_neurons.report.figures.signing import signed
from fairseq_neurons.report.figures.style import COLOURS, COLUMN, GREY, MARKERS, SignedFigure, house_style

LINES: dict[str, LineStyleType] = {"top": "-", "bottom": ":", "random": "--"}
ORDER_NAMES = {"top": "top", "bottom": "bottom", "random": "random, range"}
RANDOM_MARKER = "d"
METRICS = {"bleu": "BLEU", "perplexity": "perplexity", "control": "translations turned (%)"}
FIELDS = ("ranking", "order", "seed", "neurons", "metric", "score", "signature")
BAND = 0.18
LONGEST_NAME = 30
# Inches, without the legend.
HEIGHT = 2.1


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


Line = tuple[str, str]


@house_style()
def ablation_curves(
    *curves: Sequence[Entry], size: tuple[float, float] | None = None, caption: str | None = None
) -> SignedFigure:
    """BLEU, perplexity or percent of turned translations against the number of clamped neurons.

    Lines are solid from the top of a ranking, dotted from its bottom and dashed for random neurons; a ranking has one
    colour and marker. Bands are 95 % intervals, for random neurons the range over seeds. Hollow markers: no significant
    difference from the unablated model (p >= 0.05). An infinite perplexity is an arrow at the upper edge.

    Args:
        curves: the lines of one ``curve.jsonl`` each; a panel each, side by side.
        size: inches, without the caption; by default as wide as a column a panel.
        caption: small text below.

    Raises:
        InputError: if there is no curve, or one has no point, or points of several metrics.
    """
    if not curves:
        raise InputError("There is no curve to draw.")
    metrics = [_metric(curve) for curve in curves]
    signature = signed("ablation-curves", [entry["signature"] for curve in curves for entry in curve])
    named = " and ".join(dict.fromkeys(METRICS[metric] for metric in metrics))
    lines = [lines_of(curve) for curve in curves]
    keys = [legend_of(found) for found in lines]
    width = size[0] / len(curves) if size else COLUMN
    rows = max(legend_rows(list(key), width) for key in keys)
    size = size or (COLUMN * len(curves), HEIGHT + legend_height(rows))
    figure = SignedFigure(size, f"{named[0].upper()}{named[1:]} against neurons clamped", signature, caption)
    ratios = [legend_height(rows), size[1] - legend_height(rows)]
    strips, panels = figure.subplots(2, len(curves), squeeze=False, height_ratios=ratios)
    for strip, axes, found, key, metric in zip(strips, panels, lines, keys, metrics, strict=True):
        _draw(axes, found)
        _label(axes, metric)
        draw_legend(strip, list(key.values()), list(key), width)
    return figure.settled()


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


def legend_of(lines: Mapping[Line, list[CurvePoint]]) -> dict[str, Artist]:
    """What explains the lines: rankings by colour and marker, orders by their dashes, and what else is drawn."""
    looks, orders = _looks(lines), dict.fromkeys(order for _, order in lines)
    rankings = [ranking for ranking in looks if ranking]
    names = short_names(rankings) if rankings else {}
    points = [point for found in lines.values() for point in found]
    key: dict[str, Artist] = {}
    for ranking in rankings:
        colour, marker = looks[ranking]
        key[shortened(names[ranking], LONGEST_NAME)] = Line2D([], [], color=colour, marker=marker, linestyle="none")
    for order in orders:
        colour, marker = looks[""] if order == "random" else ("black", "")
        key[ORDER_NAMES[order]] = Line2D([], [], color=colour, marker=marker, linestyle=LINES[order])
    if any(point.doubtful for point in points):
        key[f"p ≥ {LEVEL}"] = Line2D([], [], color=GREY, marker="o", markerfacecolor="white", linestyle="none")
    if any(isfinite(point.high - point.low) for found in _intervals(lines) for point in found):
        key["95 % interval"] = Patch(color=GREY, alpha=BAND, linewidth=0)
    if any(point.score == inf for point in points):
        key["infinite"] = Line2D([], [], color=GREY, marker="^", linestyle="none")
    return key


def _intervals(lines: Mapping[Line, list[CurvePoint]]) -> list[list[CurvePoint]]:
    return [points for (_, order), points in lines.items() if order != "random"]


def _point(count: int, entries: Sequence[Entry], order: str) -> CurvePoint:
    scores = [inf if entry["score"] is None else entry["score"] for entry in entries]
    if order == "random":
        low, high = min(scores), max(scores)
    else:
        low, high = (nan if (end := entries[0].get(name)) is None else end for name in ("low", "high"))
    doubtful = count > 0 and any(entry.get("p_value", 0.0) >= LEVEL for entry in entries)
    return CurvePoint(count, fmean(scores), low, high, doubtful)


def _metric(curve: Sequence[Entry]) -> str:
    """The one metric of all points."""
    for entry in curve:
        if missing := [name for name in FIELDS if name not in entry]:
            raise InputError(f"A point of the curve has no {missing[0]!r}; it should have {', '.join(FIELDS)}.")
    metrics = sorted({str(entry["metric"]) for entry in curve})
    if len(metrics) != 1:
        raise InputError(f"A panel shows points of one metric, not of {', '.join(metrics) or 'none'}.")
    if metrics[0] not in METRICS:
        raise InputError(f"metric={metrics[0]}: curves are drawn of {', '.join(METRICS)}.")
    return metrics[0]


def _draw(axes: Axes, lines: Mapping[Line, list[CurvePoint]]) -> None:
    looks, counts = _looks(lines), {point.neurons for points in lines.values() for point in points}
    for number, ((ranking, order), points) in enumerate(lines.items()):
        colour, marker = looks[ranking]
        if len(counts) > 1:
            _draw_line(axes, points, colour, LINES[order])
            x = [float(point.neurons) for point in points]
        else:
            # Nothing to connect: side by side, for intervals would hide each other.
            x = [points[0].neurons + (number - (len(lines) - 1) / 2) / len(lines)]
            axes.vlines(x, _finite(points[0].low), _finite(points[0].high), color=colour, linestyle=LINES[order])
        _mark(axes, x, points, colour, marker)
    if len(counts) == 1:
        axes.set(xlim=(min(counts) - 1, min(counts) + 1), xticks=list(counts))


def _looks(lines: Iterable[Line]) -> dict[str, tuple[str, str]]:
    """Colour and marker of every ranking, and of random neurons."""
    rankings = sorted({ranking for ranking, _ in lines} - {""})
    looks = {name: (COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]) for i, name in enumerate(rankings)}
    return {**looks, "": (GREY, RANDOM_MARKER)}


def _draw_line(axes: Axes, points: Sequence[CurvePoint], colour: str, line: LineStyleType) -> None:
    x, y = [point.neurons for point in points], [_finite(point.score) for point in points]
    low, high = [_finite(point.low) for point in points], [_finite(point.high) for point in points]
    axes.fill_between(x, low, high, color=colour, alpha=BAND, linewidth=0)
    axes.plot(x, y, linestyle=line, color=colour)


def _mark(axes: Axes, x: Sequence[float], points: Sequence[CurvePoint], colour: str, marker: str) -> None:
    """Markers: full, hollow where a difference is doubtful, an arrow at the edge where a score is infinite."""
    for doubtful, face in ((False, colour), (True, "white")):
        if chosen := [i for i, point in enumerate(points) if point.doubtful == doubtful]:
            y = [_finite(points[i].score) for i in chosen]
            axes.plot([x[i] for i in chosen], y, marker, color=colour, markerfacecolor=face)
    if above := [place for place, point in zip(x, points, strict=True) if point.score == inf]:
        axes.plot(above, [1] * len(above), "^", color=colour, transform=axes.get_xaxis_transform(), clip_on=False)


def _finite(value: float) -> float:
    return value if isfinite(value) else nan


def _label(axes: Axes, metric: str) -> None:
    axes.set(xlabel="neurons clamped", ylabel=METRICS[metric])
    if len(axes.get_xticks()) > 1:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="y", color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    if metric == "perplexity":
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        axes.yaxis.set_major_locator(LogLocator(10, subs=_steps(high / low)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(bottom=0)


def _steps(ratio: float) -> tuple[float, ...]:
    """Where a decade has ticks, by how much larger the largest number is than the smallest."""
    return (1, 1.5, 2, 3, 5, 7) if ratio < 30 else (1, 2, 5) if ratio < 1000 else (1,)
