"""Layers and parts of the first neurons."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import layer_histogram
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking
from tests.figures.figure_contents import cut, svg_texts, tick_labels

SIZES = {("encoder", 0, "fwd"): 6, ("encoder", 0, "bwd"): 6, ("decoder", 0, "fwd"): 12}
NEURONS = Neurons.of(Block(*place, size) for place, size in SIZES.items())


def ranking(seed: int) -> Ranking:
    scores = np.random.default_rng(seed).random(24)
    return Ranking.from_scores("made", NEURONS, scores, f"method:made|seed:{seed}")


RANKINGS = {"cross": ranking(1), "$pos$": ranking(2)}


def test_bars__count_the_first_neurons_of_every_block():
    axes = layer_histogram(RANKINGS, top=8).axes[1]
    for bars, made in zip(axes.containers, RANKINGS.values(), strict=True):
        names = [made.neurons.name(i).rpartition(".")[0] for i in made.order[:8].tolist()]
        literal = [names.count(f"{module}.{layer}.{direction}") for module, layer, direction in SIZES]
        assert [bar.get_height() for bar in bars] == literal
    assert tick_labels(axes)[0] == ["encoder 0\nfwd", "encoder 0\nbwd", "decoder 0\nfwd"]
    assert axes.get_ylabel() == "of the first 8 neurons"


def test_chance__is_a_line_over_each_group():
    axes = layer_histogram(RANKINGS, top=8).axes[1]
    (lines,) = axes.collections
    assert [segment[:, 1].tolist() for segment in lines.get_segments()] == [[2, 2], [2, 2], [4, 4]]


def test_rankings__differ_in_colour_and_hatch_and_are_named():
    figure = layer_histogram(RANKINGS, top=8)
    first, second = (bars[0] for bars in figure.axes[1].containers)
    assert first.get_facecolor() != second.get_facecolor() and first.get_hatch() != second.get_hatch()
    assert {"cross", "$pos$", "by chance"} <= set(svg_texts(figure))
    assert figure.signature.startswith("figure:places-histogram|top:8|method:made|results:2|digest:")


def test_many_rankings__fit():
    many = {f"probes/a-long-name-of-a-probe/method-{seed}": ranking(seed) for seed in range(12)}
    assert cut(layer_histogram(many, top=8, caption="a caption")) <= 0.5


@pytest.mark.parametrize("top", [0, 25])
def test_numbers_of_neurons_there_are_not__are_refused(top):
    with pytest.raises(InputError, match=f"top={top} must lie between 1 and 24, the number of neurons"):
        layer_histogram(RANKINGS, top=top)


def test_rankings_that_cannot_be_beside_each_other__are_refused():
    with pytest.raises(InputError, match="no ranking to draw"):
        layer_histogram({})
    other = Ranking.from_scores("made", Neurons.of([Block("encoder", 0, "fwd", 24)]), np.arange(24.0), "")
    with pytest.raises(InputError, match="other have different neurons"):
        layer_histogram({**RANKINGS, "other": other}, top=8)


def test_names_of_many_blocks__stand_upright_and_do_not_touch():
    blocks = [Block("encoder", layer, part, 4) for layer in range(6) for part in ("heads", "ffn", "out")]
    rankings = {"a": Ranking.from_scores("a", Neurons.of(blocks), np.arange(72.0), "s")}
    figure = layer_histogram(rankings, top=20)
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in figure.axes[-1].get_xticklabels()]
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()][:2] == ["encoder.0.heads", "encoder.0.ffn"]
    assert all(left.x1 <= right.x0 for left, right in zip(boxes, boxes[1:], strict=False))
