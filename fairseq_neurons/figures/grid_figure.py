"""Accuracy over the penalties of a probe (Dalvi et al. 2019, Figure 2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures.figure_signatures import signed
from fairseq_neurons.figures.figure_style import COLUMN, SignedFigure, house_style
from fairseq_neurons.figures.heat_cells import draw_cells, name_cells
from fairseq_neurons.probing.result_parts import GridCell

COLOURMAP = "cividis"


@house_style()
def regularisation_grid(
    grid: Sequence[GridCell], size: tuple[float, float] | None = None, caption: str | None = None
) -> SignedFigure:
    """Accuracy for every pair of penalties, the best one framed; ``*`` marks probes that are not at their optimum.

    Args:
        grid: of the results of a probe.
        size: inches, without the caption; by default a column wide.
        caption: small text below.

    Raises:
        InputError: if the grid is empty: the probe was made without ``grid=``.
    """
    if not grid:
        raise InputError(
            "The probe has no grid of penalties; fairseq-neurons-probe makes one with grid=[1e-2,1e-4,1e-6]."
        )
    l1, l2, values = table_of(grid)
    height = 0.9 + 0.28 * len(l2)
    signature = signed("regularisation-grid", [cell.signature for cell in grid])
    figure = SignedFigure(size or (COLUMN, height), "Accuracy over the penalties of the probe", signature, caption)
    axes = figure.subplots()
    mesh = draw_cells(axes, values, _shown, colormaps[COLOURMAP], _scale(values))
    name_cells(axes, [short_number(value) for value in l1], [short_number(value) for value in l2])
    axes.set(xlabel="l1", ylabel="l2")
    _mark_best(axes, values)
    _mark_unfinished(axes, [l2.index(c.l2) * len(l1) + l1.index(c.l1) for c in grid if c.converged is False])
    bar = figure.colorbar(mesh, ax=axes, label="accuracy (%)", format="{x:g}", fraction=0.05, pad=0.02)
    bar.outline.set_visible(False)
    return figure.settled()


def table_of(grid: Sequence[GridCell]) -> tuple[list[float], list[float], np.ndarray]:
    """The penalties l1 (A) and l2 (B), ascending, and accuracies in percent, float64 (B, A); nan for none."""
    l1, l2 = sorted({cell.l1 for cell in grid}), sorted({cell.l2 for cell in grid})
    values = np.full((len(l2), len(l1)), np.nan)
    for cell in grid:
        values[l2.index(cell.l2), l1.index(cell.l1)] = 100 * cell.accuracy
    return l1, l2, values


def short_number(value: float) -> str:
    """``1e-5``, where Python writes ``1e-05``.

    >>> short_number(0.0), short_number(1e-5), short_number(0.01), short_number(1.0)
    ('0', '1e-5', '1e-2', '1')
    """
    if value == 0 or 0.1 <= value < 1000:
        return f"{value:g}"
    digits, exponent = f"{value:.3e}".split("e")
    return f"{float(digits):g}e{int(exponent)}"


def _scale(values: np.ndarray) -> Normalize:
    """From the lowest to the highest accuracy, at least half a point apart."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    missing = max(0.0, 0.5 - (high - low))
    return Normalize(low - missing / 2, high + missing / 2)


def _shown(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.1f}"


def _mark_best(axes: Axes, values: np.ndarray) -> None:
    """A frame and bold numbers where the accuracy is highest."""
    best = values.ravel() == np.nanmax(values)
    for number in np.flatnonzero(best).tolist():
        row, column = divmod(number, values.shape[1])
        axes.texts[number].set_weight("bold")
        axes.add_patch(Rectangle((column, row), 1, 1, fill=False, edgecolor="black", linewidth=1.6, clip_on=False))


def _mark_unfinished(axes: Axes, cells: Sequence[int]) -> None:
    """A star in the cells, counted row by row, whose probe stopped before its tolerance was reached."""
    for cell in cells:
        text = axes.texts[cell]
        text.set_text(f"{text.get_text()}*")
    if cells:
        axes.set_xlabel(f"{axes.get_xlabel()}\n* farther from the optimum than the tolerance")
