"""Bars of focused and distributed labels."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import focus_bars
from tests.figures.figure_contents import cut, svg_texts, texts, tick_labels
from tests.probing.result_values import results_of


def test_bars__are_the_counted_neurons_the_most_focused_label_first():
    axes = focus_bars(results_of({"NN": 40, "MD": 3, "$": 7, "VB": 3})).axes[0]
    assert tick_labels(axes)[1] == ["MD (2,000)", "VB (4,000)", "$ (3,000)", "NN (1,000)"]
    assert [bar.get_width() for bar in axes.patches] == [3, 3, 7, 40]
    assert texts(axes) == ["3", "3", "7", "40"]
    # The first bar is at the top.
    bottom, top = axes.get_ylim()
    assert top < axes.patches[0].get_y() < axes.patches[-1].get_y() < bottom


def test_the_share__is_said_and_can_be_another():
    figure = focus_bars(results_of({"NN": 4}), mass=0.5)
    assert figure.axes[0].get_xlabel().startswith("neurons with 50 % of the label's weights")
    assert figure.signature.startswith("figure:focus-bars|mass:0.5|solver:certified|l1:1e-05|")


@pytest.mark.parametrize(("labels", "columns"), [(44, 1), (100, 2)])
def test_many_labels__are_all_shown_in_columns_of_at_most_fifty(labels, columns):
    figure = focus_bars(results_of({f"noun.{i}$": i for i in range(labels)}), caption="a caption")
    assert len(figure.axes) == columns
    shown = [label.partition(" ")[0] for axes in figure.axes for label in tick_labels(axes)[1]]
    assert shown == [f"noun.{i}$" for i in range(labels)]
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert cut(figure) <= 0.5
    # Labels below each other do not touch.
    boxes = [label.get_window_extent() for label in figure.axes[0].yaxis.get_ticklabels()]
    assert all(above.y0 >= below.y1 - 1 for above, below in zip(boxes, boxes[1:]))


def test_labels__are_shown_as_they_are():
    names = ["$x^2$", "<script>", "a&b", "``", "N\\frac", "שלום"]
    found = svg_texts(focus_bars(results_of({name: 1 for name in names})))
    assert {f"{name} ({1000 * (1 + i):,})" for i, name in enumerate(names)} <= set(found)


def test_labels_without_weights__have_bars_of_no_length():
    assert [bar.get_width() for bar in focus_bars(results_of({"a": 0, "b": 0})).axes[0].patches] == [0, 0]


def test_a_share_that_was_not_counted__is_refused():
    with pytest.raises(InputError, match="mass=0.9: the probe counted neurons for 0.25, 0.5"):
        focus_bars(results_of({"NN": 4}), mass=0.9)
