from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask, amount, select
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking

NEURONS = Neurons.of([Block("encoder", 0, "fwd", 30), Block("encoder", 0, "bwd", 30)])
RANKING = Ranking.from_scores("test", NEURONS, np.sin(np.arange(60)), "sig")


@pytest.mark.parametrize(
    ("text", "expected"), [("50", 50), ("2.5%", 2), ("0", 0), ("100%", 60), ("10%", 6), (" 60 ", 60), ("0%", 0)]
)
def test_amount__counts_neurons_or_rounds_a_share(text, expected):
    assert amount(text, 60, "--mask-top") == expected


@pytest.mark.parametrize("text", ["120%", "-1%", "61", "-1", "ten", "", "%", "nan%", "1e3", "inf%"])
def test_amount__refuses_what_is_no_amount(text):
    with pytest.raises(InputError, match="--mask-top"):
        amount(text, 60, "--mask-top")


@given(st.integers(0, 60))
def test_top_and_bottom__split_the_ranking(count):
    top, _ = select(NEURONS, ranking=RANKING, top=str(count))
    bottom, _ = select(NEURONS, ranking=RANKING, bottom=str(60 - count))
    assert sorted([*top, *bottom]) == list(range(60))
    if 0 < count < 60:
        assert np.sin(top).min() >= np.sin(bottom).max()


@given(st.sets(st.integers(0, 59), min_size=1, max_size=59))
def test_invert__is_the_complement(chosen):
    text = ",".join(map(str, chosen))
    others, how = select(NEURONS, text, invert=True)
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
        select(NEURONS, **flags)


def test_ranking_of_another_model__is_refused_with_both_shapes():
    other = Neurons.of([Block("encoder", 0, "fwd", 60)])
    with pytest.raises(InputError, match=r"encoder.0.fwd \(30\).*encoder.0.fwd \(60\)"):
        select(other, ranking=RANKING, top="3")


def test_values__are_zero_a_number_or_each_neurons_mean():
    assert Mask.of(NEURONS, np.array([5, 2]), "zero").values.tolist() == [0, 0]
    assert Mask.of(NEURONS, np.array([5, 2]), "-0.5").values.tolist() == [-0.5, -0.5]
    means = np.arange(60) / 10
    np.testing.assert_allclose(Mask.of(NEURONS, np.array([5, 2]), "mean", means=means).values, [0.2, 0.5])


@pytest.mark.parametrize("value", ["none", "mean", "nan", "inf"])
def test_values__that_cannot_be_are_refused(value):
    with pytest.raises(InputError):
        Mask.of(NEURONS, np.array([1]), value)


def test_masks__check_what_they_are_made_of():
    with pytest.raises(InputError, match="out of range"):
        Mask.of(NEURONS, np.array([60]))
    with pytest.raises(InputError, match="no mask site 'input'"):
        Mask.of(NEURONS, np.array([1]), site="input")
    with pytest.raises(InputError, match="sorted"):
        Mask(NEURONS, np.array([2, 1]), np.zeros(2, np.float32))


def test_signature__tells_settings_and_content():
    first = Mask.of(NEURONS, np.array([1, 2]), 0.5, "output", chosen_by="neurons:1,2").signature
    second = Mask.of(NEURONS, np.array([1, 3]), 0.5, "output", chosen_by="neurons:1,2").signature
    assert first.startswith("masked:2|site:output|neurons:1,2|value:0.5|id:")
    assert first != second
