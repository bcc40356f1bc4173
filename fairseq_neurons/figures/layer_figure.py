"""The layers and parts of the model in which the first neurons of rankings are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.ticker import MaxNLocator

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures.figure_signatures import signed
from fairseq_neurons.figures.figure_style import COLOURS, COLUMN, PAGE, SignedFigure, house_style
from fairseq_neurons.figures.legends import draw_legend, legend_height, legend_rows
from fairseq_neurons.figures.printable_text import shortened
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.same_model import check_same_neurons

HATCHES = ("", "////", "\\\\\\\\", "----", "||||", "xxxx", "++++", "//", "--", "||", "xx")
LONGEST_NAME = 34
GROUP = 0.8
CHANCE = "by chance"
MOST_IN_A_COLUMN = 24
# Inches, without the legend; more where the names of blocks stand upright for want of room.
HEIGHT, UPRIGHT, ROOM_OF_A_NAME = 1.9, 0.4, 0.52


@house_style()
def layer_histogram(
    rankings: Mapping[str, Ranking], top: int = 50, size: tuple[float, float] | None = None, caption: str | None = None
) -> SignedFigure:
    """Plot how many of the first neurons of each ranking are in each layer and part, and the number by chance.

    Args:
        rankings: rankings of one model's neurons, by name.
        top: number of first neurons to count.
        size: inches, without the caption; by default as wide as a column, or as a page for many bars.
        caption: small text below the figure.

    Raises:
        InputError: if there is no ranking, the rankings have different neurons, or fewer neurons than ``top``.
    """
    neurons = _neurons_of(rankings, top)
    counts = {name: counts_of(ranking, top) for name, ranking in rankings.items()}
    signature = signed("places-histogram", [ranking.signature for ranking in rankings.values()], top=top)
    title = f"Layers and parts of the first {top} neurons"
    names = [shortened(name, LONGEST_NAME) for name in rankings]
    width = size[0] if size else COLUMN if len(rankings) * len(neurons.blocks) <= MOST_IN_A_COLUMN else PAGE
    above = legend_height(legend_rows([*names, CHANCE], width))
    upright = len(neurons.blocks) * ROOM_OF_A_NAME > width
    size = size or (width, HEIGHT + above + (UPRIGHT if upright else 0))
    figure = SignedFigure(size, title, signature, caption)
    strip, axes = figure.subplots(2, 1, height_ratios=[above, size[1] - above])
    bars = [_draw(axes, i, len(counts), found) for i, found in enumerate(counts.values())]
    draw_legend(strip, [*zip(names, bars, strict=True), (CHANCE, _draw_chance(axes, neurons, top))], width)
    _label(axes, neurons, top, upright)
    return figure.settled()


def counts_of(ranking: Ranking, top: int) -> list[int]:
    """The number of first neurons in each block, in the order of the blocks."""
    first = ranking.top(top)
    return [int(((first >= span.start) & (first < span.stop)).sum()) for _, span in ranking.neurons.spans()]


def _neurons_of(rankings: Mapping[str, Ranking], top: int) -> Neurons:
    if not rankings:
        raise InputError("There is no ranking to draw.")
    neurons = next(iter(rankings.values())).neurons
    check_same_neurons(*((name, ranking.neurons) for name, ranking in rankings.items()))
    if not 1 <= top <= len(neurons):
        raise InputError(f"top={top} must lie between 1 and {len(neurons)}, the number of neurons.")
    return neurons


def _draw(axes: Axes, number: int, rankings: int, counts: Sequence[int]) -> BarContainer:
    """Draw the bars of one of the rankings."""
    width = GROUP / rankings
    x = np.arange(len(counts)) - GROUP / 2 + (number + 0.5) * width
    colour, hatch = COLOURS[number % len(COLOURS)], HATCHES[number % len(HATCHES)]
    return axes.bar(x, counts, width, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0)


def _draw_chance(axes: Axes, neurons: Neurons, top: int) -> Artist:
    expected = [top * block.size / len(neurons) for block in neurons.blocks]
    x = np.arange(len(expected))
    left, right = x - GROUP / 2 - 0.06, x + GROUP / 2 + 0.06
    return axes.hlines(expected, left, right, color="black", linestyle=(0, (3, 1.5)), linewidth=0.9)


def _label(axes: Axes, neurons: Neurons, top: int, upright: bool) -> None:
    names = [f"{block.module} {block.layer}\n{block.part}" for block in neurons.blocks]
    if upright:
        axes.set_xticks(range(len(names)), [block.name for block in neurons.blocks], rotation=90)
    else:
        axes.set_xticks(range(len(names)), names)
    axes.set_ylabel(f"of the first {top} neurons")
    axes.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.tick_params(axis="x", length=0)
