"""Draw a matrix as coloured cells with numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import Colormap, Normalize

from fairseq_neurons.figures.figure_style import SMALL, readable_on

WHITE = (1.0, 1.0, 1.0)
# Maximum number of columns with numbers of full size.
MOST_AT_FULL_SIZE = 18


def draw_cells(
    axes: Axes, values: np.ndarray, shown: Callable[[float], str], colours: Colormap, scale: Normalize
) -> QuadMesh:
    """Draw cells of unit size from the origin; cells without a value are white.

    Args:
        axes: axes to draw on.
        values: (rows, columns) floats; NaN for no value.
        shown: formats the value of a cell.
        colours: colour map of the values.
        scale: maps values to the range of the colour map.
    """
    masked = np.ma.masked_invalid(values)
    size = SMALL * min(1, MOST_AT_FULL_SIZE / values.shape[1])
    mesh = axes.pcolormesh(masked, cmap=colours, norm=scale, edgecolors="white", linewidth=0.5)
    for (row, column), value in np.ndenumerate(values):
        background = WHITE if np.isnan(value) else colours(float(scale(value)))
        colour = readable_on(background)
        axes.text(column + 0.5, row + 0.5, shown(value), color=colour, fontsize=size, ha="center", va="center")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return mesh


def name_cells(axes: Axes, columns: Sequence[str], rows: Sequence[str], rotation: float = 0) -> None:
    """Label the columns (below) and the rows (left)."""
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns)
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
    if rotation:
        axes.tick_params(axis="x", labelrotation=rotation)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
