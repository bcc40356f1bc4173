"""Sentences coloured by a neuron."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyBboxPatch

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import SignedFigure, coloured_sentences
from fairseq_neurons.figures.printable_text import printable
from tests.activations.small_dumps import write_dump
from tests.figures.figure_contents import cut, svg_texts, texts

WORDS = [
    ["the", "$x_1$", "<script>alert(1)</script>", '"a&b"', "$", "\\frac", "🙂", "."],
    ["שלום", "עולם"],
    ["word"] * 40,
]
VALUES = np.array([-1.0, 0.5, 0.0, 0.25, 1.0, -0.5, 0.1, 0.9, 0.3, -0.3, *np.linspace(-1, 1, 40)], dtype=np.float32)


def dump_of(folder: Path, sentences: list[list[str]], values: np.ndarray) -> Activations:
    """Neuron 1 has the values, neuron 0 others."""
    columns = np.stack([np.full(len(values), 7.0), values], axis=1).astype(np.float32)
    return Activations(write_dump(folder, columns, sentences=sentences))


@pytest.fixture(scope="module")
def dump(tmp_path_factory) -> Activations:
    return dump_of(tmp_path_factory.mktemp("dumps") / "d", WORDS, VALUES)


def boxes(figure: SignedFigure) -> list[FancyBboxPatch]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]


def test_words__appear_as_themselves_in_their_order(dump):
    found = svg_texts(coloured_sentences(dump, 1, [0, 1]))
    assert [text for text in found if text in {*WORDS[0], *WORDS[1]}] == [*WORDS[0], *WORDS[1]]


def test_boxes__are_red_white_or_blue_by_the_value_of_the_neuron(dump):
    colours = [box.get_facecolor()[:3] for box in boxes(coloured_sentences(dump, "encoder.0.fwd.1", [0]))]
    assert len(colours) == len(WORDS[0])
    for (r, g, b), value in zip(colours, VALUES.tolist()):
        assert (r > b) == (value < 0) and (b > r) == (value > 0)
        assert min(r, g, b) > 0.98 if value == 0 else True
    assert colours[0] == pytest.approx(to_rgb("#67001f"), abs=0.01)
    assert colours[4] == pytest.approx(to_rgb("#053061"), abs=0.01)


def test_saturated_neuron__is_coloured_by_its_own_range_which_is_said(tmp_path):
    values = np.linspace(0.9, 1.0, 40, dtype=np.float32)
    figure = coloured_sentences(dump_of(tmp_path / "d", [["word"] * 40], values), 1, [0])
    first, last = (boxes(figure)[i].get_facecolor() for i in (0, -1))
    assert first[0] > first[2] and last[2] > last[0]
    label = figure.axes[1].get_xlabel()
    assert label == "value of encoder.0.fwd.1 (1), coloured by the range of these words, not from zero"
    assert "|low:0.905|high:0.995|" in f"{figure.signature}|"


def test_the_scale__reaches_as_far_on_both_sides(dump):
    figure = coloured_sentences(dump, 1, [1])
    assert figure.axes[1].get_xlim() == pytest.approx((-0.3, 0.3), abs=1e-6)
    assert figure.axes[1].get_xlabel() == "value of encoder.0.fwd.1 (1)"
    assert "|neuron:encoder.0.fwd.1|sentences:1|limit:0.3|" in figure.signature


def test_long_sentences__wrap_and_words_do_not_overlap(dump):
    found = [
        (box.get_x(), box.get_y(), box.get_width(), box.get_height()) for box in boxes(coloured_sentences(dump, 1, [2]))
    ]
    rows = sorted({y for _, y, _, _ in found})
    assert len(rows) > 1
    for row in rows:
        edges = [(x, x + width) for x, y, width, _ in found if y == row]
        assert all(right <= left for (_, right), (left, _) in zip(edges, edges[1:]))
        assert edges[0][0] >= 0 and edges[-1][1] <= 6.5 * 72
    assert all(below - above >= found[0][3] for above, below in zip(rows, rows[1:]))


def test_right_to_left__flows_leftwards(dump):
    first, second = boxes(coloured_sentences(dump, 1, [1], width=3.3))
    assert first.get_x() > second.get_x() + second.get_width()
    assert first.get_x() + first.get_width() == pytest.approx(3.3 * 72 - 5)


def test_values__are_written_under_their_words(dump):
    figure = coloured_sentences(dump, 1, [0], values=True)
    assert texts(figure.axes[0])[1::2] == [f"{value:+.2f}" for value in VALUES[: len(WORDS[0])].tolist()]
    for word, number in zip(figure.axes[0].texts[0::2], figure.axes[0].texts[1::2]):
        assert word.get_position()[0] == number.get_position()[0] and word.get_position()[1] < number.get_position()[1]


def test_nothing__is_cut_at_the_width_of_a_column(dump):
    assert cut(coloured_sentences(dump, 1, [0, 1, 2], values=True, width=3.3, caption="signature|" * 30)) <= 0.5


def test_a_word_wider_than_the_line__is_made_to_fit(tmp_path):
    figure = coloured_sentences(dump_of(tmp_path / "d", [["a", "w" * 300]], np.ones(2)), 1, [0], width=3.3)
    assert cut(figure) <= 0.5
    assert texts(figure.axes[0])[1] == "w" * 30 + "…" + "w" * 29


def test_a_silent_neuron__is_white(tmp_path):
    figure = coloured_sentences(dump_of(tmp_path / "d", [["a", "b"]], np.zeros(2)), 1, [0])
    assert [box.get_facecolor()[:3] for box in boxes(figure)] == [pytest.approx((1, 1, 1), abs=0.01)] * 2


@settings(max_examples=8, deadline=None)
@given(
    words=st.lists(
        st.text(st.characters(exclude_characters=" \n", exclude_categories=["Cs"]), min_size=1, max_size=9),
        min_size=1,
        max_size=5,
    )
)
def test_any_word__comes_out_as_text(words, tmp_path_factory):
    dump = dump_of(tmp_path_factory.mktemp("any") / "d", [words], np.linspace(-1, 1, len(words)))
    figure = coloured_sentences(dump, 1, [0])
    assert texts(figure.axes[0]) == [printable(word) for word in words]
    assert len(svg_texts(figure)) >= len([word for word in words if printable(word).strip()])


def test_values_that_are_not_finite__are_refused(tmp_path):
    with pytest.raises(InputError, match="neuron 1 has values in the chosen sentences that are not finite"):
        coloured_sentences(dump_of(tmp_path / "d", [["a", "b"]], np.array([1.0, np.nan])), 1, [0])


def test_sentences_and_neurons_there_are_not__are_refused(dump):
    with pytest.raises(InputError, match="no sentence 3 in .*, which has sentences 0 to 2"):
        coloured_sentences(dump, 1, [0, 3])
    with pytest.raises(InputError, match="Neuron 2 is out of range"):
        coloured_sentences(dump, 2, [0])
    with pytest.raises(InputError, match="have no words"):
        coloured_sentences(dump, 1, [])
