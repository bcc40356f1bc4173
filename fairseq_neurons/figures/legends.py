"""Legends above the axes, in a strip of their own: long names take no width from the plot."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import BarContainer

from fairseq_neurons.figures.figure_style import SMALL

# Inches: a row, and what stands beside a name; a letter as a share of the font size.
ROW, HANDLE, LETTER = 0.125, 0.45, 0.58


# A name and what it explains.
Named = tuple[str, Artist | BarContainer]


def legend_rows(names: Sequence[str], width: float) -> int:
    """How many rows these names take in so many inches."""
    return -(-len(names) // _columns(names, width))


def legend_height(rows: int) -> float:
    """Inches that a legend of so many rows takes."""
    return ROW * rows + 0.06


def draw_legend(strip: Axes, legend: Sequence[Named], width: float) -> None:
    """Fill the strip, which has `legend_height` and at least this width in inches."""
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
    # The strip is as high as the legend; as wide as it need not be.
    drawn.set_in_layout(False)


def _columns(names: Sequence[str], width: float) -> int:
    longest = max(map(len, names)) * LETTER * SMALL / 72 + HANDLE
    return max(1, min(len(names), int(width / longest)))
