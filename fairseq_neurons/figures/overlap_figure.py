"""Pairwise agreement between rankings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Normalize

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures.figure_signatures import signed, together
from fairseq_neurons.figures.figure_style import COLUMN, PAGE, RED_WHITE_BLUE, SignedFigure, house_style
from fairseq_neurons.figures.heat_cells import draw_cells, name_cells
from fairseq_neurons.figures.printable_text import shortened
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings import ranking_overlap as measures

COLOURMAP = "cividis"
FITS_A_COLUMN = 6
LONGEST_NAME = 28


def overlaps(rankings: Mapping[str, Ranking], top: int = 50) -> dict[str, Any]:
    """Compute overlaps for `overlap_matrix`, in the format of the file that ``fairseq-neurons-overlap`` writes.

    Args:
        rankings: rankings of one model's neurons, by name.
        top: number of first neurons to compare.

    Raises:
        InputError: if there is no ranking, the rankings have different neurons, or fewer neurons than ``top``.
    """
    if not rankings:
        raise InputError("There is no ranking to compare.")
    matrix = measures.overlap_matrix(rankings, partial(measures.top_overlap, k=top))
    return {
        "rankings": list(rankings),
        "by_chance": top / len(next(iter(rankings.values())).order),
        f"top-{top}": matrix.tolist(),
        "signature": f"overlap|top:{top}|{together(ranking.signature for ranking in rankings.values())}",
    }


@house_style()
def overlap_matrix(
    found: Mapping[str, Any],
    measure: str | None = None,
    size: tuple[float, float] | None = None,
    caption: str | None = None,
) -> SignedFigure:
    """Plot the agreement of every pair of rankings, and the agreement expected by chance.

    Args:
        found: content of the file of ``fairseq-neurons-overlap``, or `overlaps` of rankings.
        measure: ``top-N`` (the default), ``average-N`` or ``spearman``.
        size: inches, without the caption; by default as wide as a column, or as a page for many rankings.
        caption: small text below the figure.

    Raises:
        InputError: if the file does not contain the measure.
    """
    available = [name for name in found if name.startswith(("top-", "average-", "spearman"))]
    measure = measure or next(iter(available), "top-50")
    if measure not in available:
        raise InputError(f"measure={measure} was not computed; available are {', '.join(available) or 'none'}.")
    names = found["rankings"]
    values = np.array([[np.nan if value is None else value for value in row] for row in found[measure]], dtype=float)
    width = COLUMN if len(names) <= FITS_A_COLUMN else PAGE
    size = size or (width, min(width, 1.4 + 0.3 * len(names)))
    signature = signed("overlap-matrix", [found["signature"]], measure=measure)
    figure = SignedFigure(size, f"Rankings compared: {_title(measure)}", signature, caption)
    axes = figure.subplots()
    if measure == "spearman":
        mesh = draw_cells(axes, values, _two_decimals, RED_WHITE_BLUE, Normalize(-1, 1))
    else:
        mesh = draw_cells(axes, 100 * values, _percent, colormaps[COLOURMAP], Normalize(0, 100))
    labels = [shortened(name, LONGEST_NAME) for name in names]
    name_cells(axes, labels, labels, rotation=45)
    axes.invert_yaxis()
    bar = figure.colorbar(mesh, ax=axes, label=_title(measure), fraction=0.05, pad=0.02)
    bar.outline.set_visible(False)
    if measure.startswith("top"):
        _show_chance(bar, 100 * found["by_chance"])
    return figure.settled()


def _title(measure: str) -> str:
    kind, _, depth = measure.partition("-")
    titles = {
        "top": f"neurons shared by the first {depth} (%)",
        "average": f"neurons shared by the first 1 to {depth}, averaged (%)",
        "spearman": "Spearman's rho of all positions",
    }
    return titles[kind]


def _two_decimals(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def _percent(value: float) -> str:
    return f"{value:.0f}"


def _show_chance(bar: Colorbar, percent: float) -> None:
    """Mark the overlap by chance. Spearman's rho is 0 by chance; for averages over depths, chance is not known."""
    bar.ax.axhline(percent, color="white", linewidth=1.2)
    bar.set_label(f"{bar.ax.get_ylabel()}\nby chance: {percent:.3g} (line)")
