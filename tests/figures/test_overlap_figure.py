"""The matrix of overlaps."""

from __future__ import annotations

import json

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from fairseq_neurons.commands.overlap import run as overlap_command
from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import overlap_matrix, overlaps
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking
from tests.figures.figure_contents import cut, texts, tick_labels

NEURONS = Neurons.of(Block("encoder", 0, d, 10) for d in ("fwd", "bwd"))


def ranking(seed: int) -> Ranking:
    scores = np.random.default_rng(seed).random(20)
    return Ranking.from_scores("made", NEURONS, scores, f"method:made|seed:{seed}")


RANKINGS = {f"probes/{name}": ranking(seed) for seed, name in enumerate(["pos", "$x$", "a-name-that-is-far-too-long"])}


def literal(a: Ranking, b: Ranking, k: int) -> str:
    return f"{100 * len(set(a.order[:k].tolist()) & set(b.order[:k].tolist())) / k:.0f}"


def test_cells__are_the_shared_percentages_and_the_first_ranking_is_at_the_top():
    axes = overlap_matrix(overlaps(RANKINGS, 5)).axes[0]
    assert texts(axes) == [literal(a, b, 5) for a in RANKINGS.values() for b in RANKINGS.values()]
    rows, columns = tick_labels(axes)
    assert rows == columns == ["probes/pos", "probes/$x$", "probes/a-name-…-far-too-long"]
    bottom, top = axes.get_ylim()
    assert (bottom, top) == (3, 0)


def test_chance__is_stated_and_marked():
    figure = overlap_matrix(overlaps(RANKINGS, 5))
    scale = figure.axes[1]
    assert scale.get_ylabel() == "neurons shared by the first 5 (%)\nby chance: 25 (line)"
    assert [list(line.get_ydata()) for line in scale.get_lines()] == [[25, 25]]
    assert figure.signature.startswith("figure:overlap-matrix|measure:top-5|overlap|top:5|method:made|results:3|")


@pytest.fixture
def measured(tmp_path) -> dict:
    for number, made in enumerate(RANKINGS.values()):
        made.save(tmp_path / f"{number}.json")
    paths = [str(tmp_path / f"{number}.json") for number in range(3)]
    overlap_command(rankings=paths, top=5, out=str(tmp_path / "overlap.out"))
    return json.loads((tmp_path / "overlap.out").read_text(encoding="utf-8"))


def test_the_file_of_the_command__makes_the_same_cells(measured):
    assert texts(overlap_matrix(measured).axes[0]) == texts(overlap_matrix(overlaps(RANKINGS, 5)).axes[0])


def test_spearman__has_signed_numbers_with_white_at_zero(measured):
    measured["spearman"][0][1] = 0.0
    measured["spearman"][0][2] = None
    axes = overlap_matrix(measured, "spearman").axes[0]
    assert texts(axes)[:3] == ["1.00", "0.00", "–"]
    assert texts(axes)[5] == f"{measured['spearman'][1][2]:.2f}"
    mesh = axes.collections[0]
    np.testing.assert_allclose(mesh.to_rgba(0.0)[:3], to_rgb("white"), atol=0.02)


def test_average_overlap__claims_no_chance_level(measured):
    figure = overlap_matrix(measured, "average-5")
    assert figure.axes[1].get_lines() == []
    assert "averaged" in figure.axes[1].get_ylabel()


def test_many_rankings__take_a_page_and_nothing_is_cut():
    many = {f"probes/a-long-name/mutual-information-{seed}": ranking(seed) for seed in range(14)}
    figure = overlap_matrix(overlaps(many, 5), caption="a caption")
    assert figure.get_size_inches()[0] == pytest.approx(6.5)
    assert cut(figure) <= 0.5


def test_measures_there_are_not__are_refused(measured):
    with pytest.raises(InputError, match="measure=top-9 was not computed; available are top-5, average-5, spearman"):
        overlap_matrix(measured, "top-9")
    with pytest.raises(InputError, match="available are none"):
        overlap_matrix({"rankings": []})


def test_numbers__do_not_touch_in_many_cells():
    many = {str(seed): ranking(seed) for seed in range(30)}
    axes = overlap_matrix(overlaps(many, 5)).axes[0]
    boxes = [text.get_window_extent() for text in axes.texts[:30]]
    assert all(left.x1 < right.x0 for left, right in zip(boxes, boxes[1:]))


def test_rankings_of_other_neurons__are_refused():
    with pytest.raises(InputError, match="no ranking to compare"):
        overlaps({}, 5)
    other = Ranking.from_scores("made", Neurons.of([Block("encoder", 0, "fwd", 20)]), np.arange(20.0), "")
    with pytest.raises(InputError, match="different neurons"):
        overlaps({"a": ranking(1), "b": other}, 5)
