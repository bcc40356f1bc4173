"""Focused and distributed labels (Dalvi et al. 2019, Figure 6)."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures.figure_signatures import signed
from fairseq_neurons.figures.figure_style import COLOURS, COLUMN, PAGE, SMALL, SignedFigure, house_style
from fairseq_neurons.figures.printable_text import shortened
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.study.weight_focus import FIGURE_6

MOST_IN_A_COLUMN = 50
INCHES_A_BAR = 0.125
LONGEST_LABEL = 28


class Bar(NamedTuple):
    """A label, how many neurons hold the share of its weights, and how many test words have it."""

    label: str
    neurons: int
    words: int


@house_style()
def focus_bars(
    results: ProbeResults,
    mass: float = FIGURE_6,
    size: tuple[float, float] | None = None,
    caption: str | None = None,
) -> SignedFigure:
    """How many neurons hold a share of the weights of every label, the most focused label first.

    Args:
        results: of a probe.
        mass: the share, one of those that the probe was asked for with ``mass=``.
        size: inches, without the caption; by default a column wide, or a page for many labels.
        caption: small text below.

    Raises:
        InputError: if the results have no counts for this share.
    """
    bars = bars_of(results, mass)
    columns = ceil(len(bars) / MOST_IN_A_COLUMN)
    rows = ceil(len(bars) / columns)
    title = f"Neurons that hold {100 * mass:g} % of the weights of each label"
    signature = signed("focus-bars", [results.signature], mass=f"{mass:g}")
    size = size or (COLUMN if columns == 1 else PAGE, 0.55 + INCHES_A_BAR * rows)
    figure = SignedFigure(size, title, signature, caption)
    most = max(bar.neurons for bar in bars)
    for column, axes in enumerate(figure.subplots(1, columns, squeeze=False)[0]):
        _draw(axes, bars[column * rows : (column + 1) * rows], rows, most)
        label = f"neurons with {100 * mass:g} % of the label's weights\n(test words in brackets)"
        # Leftwards, there is room below the names.
        axes.set_xlabel(label, fontsize=SMALL, loc="right")
    return figure.settled()


def bars_of(results: ProbeResults, mass: float = FIGURE_6) -> list[Bar]:
    """The bars, by neurons, then in the order of the probe's labels.

    Raises:
        InputError: if the results have no counts for this share.
    """
    counts = results.focus.get(f"{mass:g}")
    if not counts:
        known = ", ".join(results.focus) or "none"
        raise InputError(f"mass={mass:g}: the probe counted neurons for {known}; give it mass=[{mass:g}].")
    bars = [Bar(label, count, results.label_scores[label].support) for label, count in counts.items()]
    return sorted(bars, key=lambda bar: bar.neurons)


def _draw(axes: Axes, bars: Sequence[Bar], rows: int, most: int) -> None:
    places = range(len(bars))
    drawn = axes.barh(places, [bar.neurons for bar in bars], color=COLOURS[0], height=0.72)
    axes.bar_label(drawn, [f"{bar.neurons:,}" for bar in bars], padding=2, fontsize=SMALL)
    labels = [f"{shortened(bar.label, LONGEST_LABEL)} ({bar.words:,})" for bar in bars]
    axes.set_yticks(places, labels, fontsize=SMALL)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xlim(0, 1.15 * most or 1)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
