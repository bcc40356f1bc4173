"""Legends in a strip above the axes, where long names do not narrow the plot."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import BarContainer

from fairseq_neurons.figures.figure_style import SMALL

# Inches: the height of a row and the width of a handle; the width of a character relative to the font size.
ROW, HANDLE, CHARACTER = 0.125, 0.45, 0.58


# A name and its handle.
Named = tuple[str, Artist | BarContainer]


def legend_rows(names: Sequence[str], width: float) -> int:
    """The number of rows of a legend with these names, at a width in inches."""
    return -(-len(names) // _columns(names, width))


def legend_height(rows: int) -> float:
    """The height of a legend in inches."""
    return ROW * rows + 0.06


def draw_legend(strip: Axes, legend: Sequence[Named], width: float) -> None:
    """Draw a legend on axes of the height `legend_height` and at least ``width`` inches wide."""
    strip.axis("off")
    names = [name for name, _ in legend]
    drawn = strip.legend(
        [handle for _, handle in legend],
        names,
        loc="lower left",
        bbox_to_anchor=(-0.02, 0),
        ncols=_columns(names, width),
        borderaxespad=0,
        borderpad=0,
        labelspacing=0.35,
        columnspacing=1.0,
        handlelength=2.6,
    )
    # The strip has the height of the legend already, and its width must not affect the layout.
    drawn.set_in_layout(False)


def _columns(names: Sequence[str], width: float) -> int:
    longest = max(map(len, names)) * CHARACTER * SMALL / 72 + HANDLE
    return max(1, min(len(names), int(width / longest)))
