"""Matrices as coloured cells."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from fairseq_neurons.figures.heat_cells import MOST_AT_FULL_SIZE, draw_cells, name_cells


def cells(values: np.ndarray) -> tuple[Figure, list[tuple[str, tuple[float, float], str]]]:
    """The figure, and text, position and colour of every cell."""
    axes = Figure().subplots()
    draw_cells(axes, values, lambda value: f"{value:.1f}", colormaps["cividis"], Normalize(0, 1))
    return axes.figure, [(text.get_text(), text.get_position(), text.get_color()) for text in axes.texts]


def test_numbers__are_in_the_middle_of_their_cells_and_readable():
    _, found = cells(np.array([[0.0, 1.0], [0.5, np.nan]]))
    assert [(text, position) for text, position, _ in found] == [
        ("0.0", (0.5, 0.5)),
        ("1.0", (1.5, 0.5)),
        ("0.5", (0.5, 1.5)),
        ("nan", (1.5, 1.5)),
    ]
    # Cividis is dark at 0 and light at 1; a cell without a value is white.
    assert [colour for _, _, colour in found][:2] == ["white", "black"] and found[3][2] == "black"


def test_numbers_of_many_columns__are_smaller():
    few, many = (
        cells(np.zeros((1, count)))[0].axes[0].texts[0] for count in (MOST_AT_FULL_SIZE, 2 * MOST_AT_FULL_SIZE)
    )
    assert many.get_fontsize() == pytest.approx(few.get_fontsize() / 2)


def test_names__are_at_the_middle_of_columns_and_rows():
    axes = cells(np.zeros((2, 3)))[0].axes[0]
    name_cells(axes, ["a", "b", "c"], ["x", "y"], rotation=45)
    assert axes.get_xticks().tolist() == [0.5, 1.5, 2.5] and axes.get_yticks().tolist() == [0.5, 1.5]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]
    assert {label.get_rotation() for label in axes.get_xticklabels()} == {45}
