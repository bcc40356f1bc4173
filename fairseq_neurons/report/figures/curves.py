"""What a model loses with its neurons (Dalvi et al. 2019, Figures 4, 5, 7 and 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan
from statistics import fmean

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from fairseq_neurons.ablation.settings import ORDERS
from fairseq_neurons.ablation.table import LEVEL, short_names
from fairseq_neurons.errors import InputError
from fairseq_neurons.ledger import Entry
from fairseq_neurons.report.figures.letters import shortened
from fairseq_neurons.report.figures.signing import signed
from fairseq_neurons.report.figures.style import COLOURS, COLUMN, GREY, MARKERS, SMALL, SignedFigure, house_style

LINES = {"top": "-", "bottom": ":", "random": "--"}
RANDOM_MARKER = "d"
METRICS = {"bleu": "BLEU", "perplexity": "perplexity", "control": "translations turned (%)"}
BAND = 0.18
LONGEST_NAME = 40


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
        size: inches; by default as wide as a column a panel.
        caption: small text below.

    Raises:
        InputError: if a curve has no point, or points of several metrics.
    """
    if not curves:
        raise InputError("There is no curve to draw.")
    metrics = [_metric(curve) for curve in curves]
    signature = signed("ablation-curves", [entry["signature"] for curve in curves for entry in curve])
    names = " and ".join(dict.fromkeys(METRICS.get(metric, metric) for metric in metrics))
    title = f"{names} against neurons clamped"
    figure = SignedFigure(size or (COLUMN * len(curves), 2.6), title, signature, caption)
    for axes, curve, metric in zip(figure.subplots(1, len(curves), squeeze=False)[0], curves, metrics, strict=True):
        _draw(axes, lines_of(curve))
        _label(axes, metric)
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


def _point(count: int, entries: Sequence[Entry], order: str) -> CurvePoint:
    scores = [inf if entry["score"] is None else entry["score"] for entry in entries]
    if order == "random":
        low, high = min(scores), max(scores)
    else:
        low, high = (nan if (end := entries[0].get(name)) is None else end for name in ("low", "high"))
    doubtful = count > 0 and any(entry.get("p_value", 0.0) >= LEVEL for entry in entries)
    return CurvePoint(count, fmean(scores), low, high, doubtful)


def _metric(curve: Sequence[Entry]) -> str:
    metrics = {entry["metric"] for entry in curve}
    if len(metrics) != 1:
        raise InputError(f"A panel shows points of one metric, not of {', '.join(sorted(metrics)) or 'none'}.")
    return metrics.pop()


def _draw(axes: Axes, lines: Mapping[Line, list[CurvePoint]]) -> None:
    rankings = sorted({ranking for ranking, _ in lines if ranking})
    names = _names(rankings)
    for (ranking, order), points in lines.items():
        place = rankings.index(ranking) if ranking else None
        colour = GREY if place is None else COLOURS[place % len(COLOURS)]
        marker = RANDOM_MARKER if place is None else MARKERS[place % len(MARKERS)]
        label = ", ".join(part for part in (names.get(ranking, ""), order) if part)
        _draw_line(axes, points, colour, marker, LINES[order], label)
    width = max(len(label) for label in axes.get_legend_handles_labels()[1])
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2, ncols=1 if width > 18 else 2, handlelength=3.2
    )


def _draw_line(axes: Axes, points: Sequence[CurvePoint], colour: str, marker: str, line: str, label: str) -> None:
    x, y = [point.neurons for point in points], [point.score if isfinite(point.score) else nan for point in points]
    axes.plot(x, y, line, color=colour, label=label, marker=marker, markevery=[])
    for hollow in (False, True):
        chosen = [i for i, point in enumerate(points) if point.doubtful == hollow]
        face = "white" if hollow else colour
        axes.plot([x[i] for i in chosen], [y[i] for i in chosen], marker, color=colour, markerfacecolor=face)
    ends = [[end if isfinite(end) else nan for end in (point.low, point.high)] for point in points]
    axes.fill_between(x, [low for low, _ in ends], [high for _, high in ends], color=colour, alpha=BAND, linewidth=0)
    above = [point.neurons for point in points if point.score == inf]
    axes.plot(above, [1] * len(above), "^", color=colour, transform=axes.get_xaxis_transform(), clip_on=False)


def _names(rankings: Sequence[str]) -> dict[str, str]:
    """Short ones; a single ranking needs none."""
    if len(rankings) < 2:
        return {}
    return {ranking: shortened(name, LONGEST_NAME) for ranking, name in short_names(rankings).items()}


def _label(axes: Axes, metric: str) -> None:
    axes.set(xlabel="neurons clamped", ylabel=METRICS.get(metric, metric))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="y", color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    if metric == "perplexity":
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(bottom=0)
    axes.tick_params(labelsize=SMALL)
