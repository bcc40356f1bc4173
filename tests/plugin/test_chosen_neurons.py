"""Neurons chosen by the mask flags."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin.chosen_neurons import chosen_neurons
from fairseq_neurons.plugin.model_neurons import ModelNeurons
from fairseq_neurons.rankings import Ranking

NEURONS = Neurons.of([Block("encoder", 0, "fwd", 30), Block("encoder", 0, "bwd", 30)])
MODEL = ModelNeurons(NEURONS, NEURONS)
RANKING = Ranking.from_scores("test", NEURONS, np.sin(np.arange(60)), "sig")


@given(st.integers(0, 60))
def test_top_and_bottom__split_the_ranking(count):
    _, top, _ = chosen_neurons(MODEL, ranking=RANKING, top=str(count))
    _, bottom, _ = chosen_neurons(MODEL, ranking=RANKING, bottom=str(60 - count))
    assert sorted([*top, *bottom]) == list(range(60))
    if 0 < count < 60:
        assert np.sin(top).min() >= np.sin(bottom).max()


@given(st.sets(st.integers(0, 59), min_size=1, max_size=59))
def test_invert__is_the_complement(chosen):
    text = ",".join(map(str, chosen))
    _, others, how = chosen_neurons(MODEL, text, invert=True)
    assert set(others) == set(range(60)) - chosen
    assert "inverted:yes" in how


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ({}, "either --mask-neurons or --mask-ranking"),
        ({"patterns": "1", "ranking": RANKING, "top": "3"}, "either --mask-neurons or --mask-ranking"),
        ({"patterns": "1", "top": "3"}, "need --mask-ranking"),
        ({"ranking": RANKING}, "either --mask-top or --mask-bottom"),
        ({"ranking": RANKING, "top": "3", "bottom": "3"}, "either --mask-top or --mask-bottom"),
        ({"ranking": RANKING, "top": "120%"}, "between 0% and 100%"),
        ({"patterns": "60"}, "out of range"),
    ],
)
def test_contradicting_flags__are_one_sentence(flags, sentence):
    with pytest.raises(InputError, match=sentence):
        chosen_neurons(MODEL, **flags)


def test_ranking_of_another_model__is_refused_with_both_shapes():
    other = Neurons.of([Block("encoder", 0, "fwd", 60)])
    with pytest.raises(InputError, match=r"encoder.0.fwd \(30\).*encoder.0.fwd \(60\)"):
        chosen_neurons(ModelNeurons(other, other), ranking=RANKING, top="3")


def test_ranking_of_another_part__counts_in_its_own_neurons():
    ffn = Neurons.of([Block("decoder", 1, "ffn", 5)])
    model = ModelNeurons(NEURONS, Neurons.of(NEURONS.blocks + ffn.blocks))
    ranking = Ranking.from_scores("test", ffn, np.arange(5.0), "sig")
    neurons, chosen, _ = chosen_neurons(model, ranking=ranking, top="40%", invert=True)
    assert (neurons, chosen.tolist()) == (ffn, [0, 1, 2])
