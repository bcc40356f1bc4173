"""The grid of penalties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import regularisation_grid
from fairseq_neurons.probing.result_parts import GridCell
from tests.figures.figure_contents import cut, texts, tick_labels
from tests.probing.result_values import cell_of

PENALTIES = [1e-2, 0.0, 1e-5]


def grid(accuracy: float | None = None) -> list[GridCell]:
    """As ``fairseq-neurons-probe grid=[1e-2,0,1e-5]`` leaves it."""
    return [
        cell_of(a, b, 0.9 - a + b / 10 if accuracy is None else accuracy, f"grid|l1:{a}|l2:{b}")
        for a in PENALTIES
        for b in PENALTIES
    ]


def test_cells__hold_the_accuracy_of_their_penalties():
    axes = regularisation_grid(grid()).axes[0]
    assert tick_labels(axes) == (["0", "1e-5", "1e-2"], ["0", "1e-5", "1e-2"])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("l1", "l2")
    literal = [f"{100 * (0.9 - a + b / 10):.1f}" for b in sorted(PENALTIES) for a in sorted(PENALTIES)]
    assert texts(axes) == literal
    places = [text.get_position() for text in axes.texts]
    assert places == [(column + 0.5, row + 0.5) for row in range(3) for column in range(3)]
    np.testing.assert_allclose(axes.collections[0].get_array().ravel(), [float(text) for text in literal], atol=0.05)


def test_cells_far_from_their_optimum__have_a_star_that_is_explained():
    cells = [replace(cell, converged=(cell.l1, cell.l2) != (1e-5, 0.0)) for cell in grid()]
    axes = regularisation_grid(cells).axes[0]
    assert [text.get_position() for text in axes.texts if text.get_text().endswith("*")] == [(1.5, 0.5)]
    assert axes.get_xlabel() == "l1\n* farther from the optimum than the tolerance"


def test_the_best_cell__is_framed_and_bold():
    axes = regularisation_grid(grid()).axes[0]
    bold = [text.get_position() for text in axes.texts if text.get_weight() == "bold"]
    assert bold == [(0.5, 2.5)]  # l1 0, l2 1e-2
    (frame,) = axes.patches
    assert (frame.get_xy(), frame.get_width(), frame.get_height()) == ((0, 2), 1, 1)


def test_equally_good_cells__are_all_framed():
    assert len(regularisation_grid(grid(accuracy=0.5)).axes[0].patches) == 9


def test_pairs_that_are_missing__are_empty_cells():
    axes = regularisation_grid(grid()[:-1]).axes[0]
    assert texts(axes).count("") == 1
    assert axes.collections[0].get_array().mask.sum() == 1


def test_numbers__stay_inside_a_column():
    many = [cell_of(10.0**-a, 10.0**-b) for a in range(7) for b in range(7)]
    assert cut(regularisation_grid(many, caption="a caption")) <= 0.5


def test_a_probe_without_a_grid__is_refused_with_how_to_get_one():
    with pytest.raises(InputError, match=r"no grid of penalties; .* grid=\[1e-2"):
        regularisation_grid([])
