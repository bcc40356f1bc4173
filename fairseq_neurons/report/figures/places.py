"""Where the first neurons of rankings are: in which layer, and in which direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.report.figures.letters import shortened
from fairseq_neurons.report.figures.signing import signed
from fairseq_neurons.report.figures.style import COLOURS, COLUMN, PAGE, SMALL, SignedFigure, house_style

HATCHES = ("", "////", "....", "xxxx", "\\\\\\\\", "++++", "oo", "--")
LONGEST_NAME = 34
GROUP = 0.8


@house_style()
def places_histogram(
    rankings: Mapping[str, Ranking], top: int = 50, size: tuple[float, float] | None = None, caption: str | None = None
) -> SignedFigure:
    """How many of the first neurons of each ranking are in each layer and direction, beside what chance puts there.

    Args:
        rankings: of one model's neurons, by name.
        top: how many of the first neurons are counted.
        size: inches; by default a column wide, or a page for many bars.
        caption: small text below.

    Raises:
        InputError: if there is no ranking, they are of different neurons, or there are not so many neurons.
    """
    neurons = _neurons_of(rankings, top)
    counts = {name: counts_of(ranking, top) for name, ranking in rankings.items()}
    bars = len(rankings) * len(neurons.blocks)
    signature = signed("places-histogram", [ranking.signature for ranking in rankings.values()], top=top)
    title = f"Layers and directions of the first {top} neurons"
    rows = -(-len(rankings) // _legend_columns(COLUMN if bars <= 24 else PAGE))
    figure = SignedFigure(size or (COLUMN if bars <= 24 else PAGE, 2.0 + 0.12 * rows), title, signature, caption)
    axes = figure.subplots()
    _draw(axes, counts)
    _draw_chance(axes, neurons, top)
    _label(axes, neurons, top)
    columns = _legend_columns(figure.get_size_inches()[0])
    figure.legend(loc="outside upper left", ncols=columns, handlelength=1.6, columnspacing=1)
    return figure.settled()


def counts_of(ranking: Ranking, top: int) -> list[int]:
    """How many of the first neurons each block holds, in the order of the blocks."""
    first = ranking.top(top)
    return [int(((first >= span.start) & (first < span.stop)).sum()) for _, span in ranking.neurons.spans()]


def _neurons_of(rankings: Mapping[str, Ranking], top: int) -> Neurons:
    if not rankings:
        raise InputError("There is no ranking to draw.")
    neurons = next(iter(rankings.values())).neurons
    for name, ranking in rankings.items():
        if ranking.neurons != neurons:
            raise InputError(f"{name} is of other neurons ({ranking.neurons}) than the first ranking ({neurons}).")
    if not 1 <= top <= len(neurons):
        raise InputError(f"top={top}: the rankings have {len(neurons)} neurons; give 1 to that many.")
    return neurons


def _draw(axes: Axes, counts: Mapping[str, Sequence[int]]) -> None:
    width = GROUP / len(counts)
    for i, (name, found) in enumerate(counts.items()):
        places = np.arange(len(found)) - GROUP / 2 + (i + 0.5) * width
        colour, hatch = COLOURS[i % len(COLOURS)], HATCHES[i % len(HATCHES)]
        label = shortened(name, LONGEST_NAME)
        axes.bar(places, found, width, label=label, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0)


def _draw_chance(axes: Axes, neurons: Neurons, top: int) -> None:
    expected = [top * block.size / len(neurons) for block in neurons.blocks]
    places = np.arange(len(expected))
    left, right = places - GROUP / 2 - 0.06, places + GROUP / 2 + 0.06
    axes.hlines(expected, left, right, color="black", linestyle=(0, (3, 1.5)), linewidth=0.9, label="by chance")


def _label(axes: Axes, neurons: Neurons, top: int) -> None:
    names = [f"{block.module} {block.layer}\n{block.direction}" for block in neurons.blocks]
    axes.set_xticks(range(len(names)), names)
    axes.set_ylabel(f"of the first {top} neurons")
    axes.tick_params(axis="x", length=0)


def _legend_columns(width: float) -> int:
    """As many as names of usual length fit in."""
    return max(1, int(width * 72 / (20 * 0.6 * SMALL)) - 1)
