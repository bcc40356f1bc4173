"""Legends in their strip."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fairseq_neurons.figures.figure_style import house_style
from fairseq_neurons.figures.legends import draw_legend, legend_height, legend_rows


@pytest.mark.parametrize(
    ("names", "width", "rows"), [(1, 3.3, 1), (5, 3.3, 1), (6, 3.3, 2), (11, 3.3, 3), (9, 6.5, 1), (3, 0.1, 3)]
)
def test_rows__are_as_few_as_the_width_allows(names, width, rows):
    assert legend_rows(["name"] * names, width) == rows
    assert legend_height(rows) < legend_height(rows + 1)


def test_longer_names__need_more_rows():
    assert legend_rows(["n" * 30] * 4, 3.3) > legend_rows(["n"] * 4, 3.3)


@house_style()
def test_legend__fits_into_the_height_of_its_strip():
    names = [f"ranking {i}" for i in range(7)]
    height = legend_height(legend_rows(names, 3.3))
    figure = Figure(figsize=(3.3, height))
    strip = figure.add_axes((0, 0, 1, 1))
    draw_legend(strip, [(name, Line2D([], [])) for name in names], 3.3)
    figure.draw_without_rendering()
    drawn = strip.get_legend()
    assert [text.get_text() for text in drawn.get_texts()] == names
    assert drawn.get_window_extent().height <= height * figure.dpi + 1
