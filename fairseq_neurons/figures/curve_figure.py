"""What a model loses with its neurons (Dalvi et al. 2019, Figures 4, 5, 7 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite, nan

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator
from matplotlib.typing import LineStyleType, MarkerType

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_lines import LEVEL, Line, LinePoint, short_names
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.errors import InputError
from fairseq_neurons.figures.figure_signatures import signed
from fairseq_neurons.figures.figure_style import COLOURS, COLUMN, GREY, MARKERS, SignedFigure, house_style
from fairseq_neurons.figures.legends import Named, draw_legend, legend_height, legend_rows
from fairseq_neurons.figures.printable_text import shortened

LINES: dict[str, LineStyleType] = {"top": "-", "bottom": ":", "random": "--"}
ORDER_NAMES = {"top": "top", "bottom": "bottom", "random": "random, range"}
# Not among the markers of rankings.
RANDOM_MARKER = "d"
# An arrow upwards (`matplotlib.markers.CARETUP`).
INFINITE: MarkerType = 6
BAND = 0.18
LONGEST_NAME = 30
# Inches, without the legend.
HEIGHT = 2.1


@house_style()
def ablation_curves(
    *curves: Curve, size: tuple[float, float] | None = None, caption: str | None = None
) -> SignedFigure:
    """Draw BLEU, perplexity or another metric against the number of masked neurons.

    Lines are solid from the top of a ranking, dotted from its bottom and dashed for random neurons; a ranking has one
    colour and marker. Bands are 95 % intervals, for random neurons the range over seeds. Hollow markers: no significant
    difference from the unablated model (p >= 0.05). An infinite perplexity is an arrow at the upper edge.

    Args:
        curves: a panel each, side by side.
        size: inches, without the caption; by default as wide as a column a panel.
        caption: small text below.

    Raises:
        InputError: if there is no curve, or a curve has no points, or points of several metrics.
    """
    if not curves:
        raise InputError("There is no curve to draw.")
    metrics = [curve.metric for curve in curves]
    signature = signed("ablation-curves", [point.signature for curve in curves for point in curve.points])
    named = " and ".join(dict.fromkeys(metric.axis for metric in metrics))
    legends = [_legend(curve.lines) for curve in curves]
    width = size[0] / len(curves) if size else COLUMN
    rows = max(legend_rows([name for name, _ in legend], width) for legend in legends)
    size = size or (COLUMN * len(curves), HEIGHT + legend_height(rows))
    figure = SignedFigure(size, f"{named[0].upper()}{named[1:]} against neurons masked", signature, caption)
    ratios = [legend_height(rows), size[1] - legend_height(rows)]
    strips, panels = figure.subplots(2, len(curves), squeeze=False, height_ratios=ratios)
    for strip, axes, curve, legend in zip(strips, panels, curves, legends, strict=True):
        _draw(axes, curve.lines)
        _label(axes, curve.metric, curve.lines)
        draw_legend(strip, legend, width)
    return figure.settled()


def _legend(lines: Sequence[Line]) -> list[Named]:
    """What explains the lines: rankings by colour and marker, orders by their dashes, and what else is drawn."""
    looks, points = _looks(lines), [point for line in lines for point in line.points]
    rankings = [ranking for ranking in looks if ranking]
    names = short_names(rankings) if rankings else {}
    key: list[Named] = []
    for ranking in rankings:
        colour, marker = looks[ranking]
        handle = Line2D([], [], color=colour, marker=marker, linestyle="none")
        key.append((shortened(names[ranking], LONGEST_NAME), handle))
    for order in dict.fromkeys(line.order for line in lines):
        colour, marker = looks[""] if order == "random" else ("black", "")
        key.append((ORDER_NAMES[order], Line2D([], [], color=colour, marker=marker, linestyle=LINES[order])))
    if any(point.doubtful for point in points):
        hollow = Line2D([], [], color=GREY, marker="o", markerfacecolor="white", linestyle="none")
        key.append((f"p ≥ {LEVEL}", hollow))
    if any(_has_interval(point) for line in lines if line.order != "random" for point in line.points):
        key.append(("95 % interval", Patch(color=GREY, alpha=BAND, linewidth=0)))
    if any(point.mean == inf for point in points):
        key.append(("infinite", Line2D([], [], color=GREY, marker=INFINITE, linestyle="none")))
    return key


def _has_interval(point: LinePoint) -> bool:
    low, high = point.band
    return isfinite(high - low)


def _draw(axes: Axes, lines: Sequence[Line]) -> None:
    looks, counts = _looks(lines), {point.neurons for line in lines for point in line.points}
    for number, line in enumerate(lines):
        colour, marker = looks[line.ranking]
        if len(counts) > 1:
            _draw_line(axes, line.points, colour, LINES[line.order])
            x = [float(point.neurons) for point in line.points]
        else:
            # Nothing to connect: side by side, for intervals would hide each other.
            x = [line.points[0].neurons + (number - (len(lines) - 1) / 2) / len(lines)]
            low, high = map(_finite, line.points[0].band)
            axes.vlines(x, low, high, color=colour, linestyle=LINES[line.order])
        _mark(axes, x, line.points, colour, marker)
    if len(counts) == 1:
        axes.set(xlim=(min(counts) - 1, min(counts) + 1), xticks=list(counts))


def _looks(lines: Sequence[Line]) -> dict[str, tuple[str, str]]:
    """Colour and marker of every ranking, and of random neurons."""
    rankings = sorted({line.ranking for line in lines} - {""})
    looks = {name: (COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]) for i, name in enumerate(rankings)}
    return {**looks, "": (GREY, RANDOM_MARKER)}


def _draw_line(axes: Axes, points: Sequence[LinePoint], colour: str, line: LineStyleType) -> None:
    x, y = [point.neurons for point in points], [_finite(point.mean) for point in points]
    low, high = ([_finite(point.band[end]) for point in points] for end in (0, 1))
    axes.fill_between(x, low, high, color=colour, alpha=BAND, linewidth=0)
    axes.plot(x, y, linestyle=line, color=colour)


def _mark(axes: Axes, x: Sequence[float], points: Sequence[LinePoint], colour: str, marker: str) -> None:
    """Markers: full, hollow where a difference is doubtful, an arrow at the edge where a score is infinite."""
    for doubtful, face in ((False, colour), (True, "white")):
        if chosen := [i for i, point in enumerate(points) if point.doubtful == doubtful]:
            y = [_finite(points[i].mean) for i in chosen]
            axes.plot([x[i] for i in chosen], y, marker, color=colour, markerfacecolor=face)
    if above := [place for place, point in zip(x, points, strict=True) if point.mean == inf]:
        axes.plot(
            above,
            [1] * len(above),
            linestyle="none",
            marker=INFINITE,
            color=colour,
            transform=axes.get_xaxis_transform(),
            clip_on=False,
        )


def _finite(value: float) -> float:
    return value if isfinite(value) else nan


def _label(axes: Axes, metric: MetricInfo, lines: Sequence[Line]) -> None:
    axes.set(xlabel="neurons masked", ylabel=metric.axis)
    if len(axes.get_xticks()) > 1:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="y", color="#dddddd", linewidth=0.5)
    axes.set_axisbelow(True)
    if metric.logarithmic:
        _scale_logarithmically(axes, lines)
    else:
        axes.set_ylim(bottom=0)


def _scale_logarithmically(axes: Axes, lines: Sequence[Line]) -> None:
    """With plain numbers, also where every score is infinite."""
    if not any(isfinite(point.mean) for line in lines for point in line.points):
        axes.set_ylim(1, 10)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(10, subs=_steps(high / low)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def _steps(ratio: float) -> tuple[float, ...]:
    """Where a decade has ticks, by how much larger the largest number is than the smallest."""
    return (1, 1.5, 2, 3, 5, 7) if ratio < 30 else (1, 2, 5) if ratio < 1000 else (1,)
