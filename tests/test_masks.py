from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords, Mask, amount, select
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


def test_values__may_be_each_neurons_own():
    own = np.sin(np.arange(60))
    mask = Mask.of(NEURONS, np.array([5, 2]), own)
    np.testing.assert_array_equal(mask.values, own[[2, 5]].astype(np.float32))
    assert mask.values.dtype == np.float32
    assert "|value:given|" in mask.signature
    assert Mask.of(NEURONS, np.array([5, 2]), own + 1e-3).signature != mask.signature
    assert Mask.of(NEURONS, np.array([], dtype=int), own).values.shape == (0,)


@pytest.mark.parametrize("own", [np.zeros(2), np.zeros(61), np.zeros((60, 1)), np.array(0.5)])
def test_values__of_other_neurons_are_refused(own):
    with pytest.raises(InputError, match="one for each of the model's 60"):
        Mask.of(NEURONS, np.array([5, 2]), own)


@pytest.mark.parametrize("value", ["none", "mean", "nan", "inf", np.full(60, np.nan)])
def test_values__that_cannot_be_are_refused(value):
    with pytest.raises(InputError):
        Mask.of(NEURONS, np.array([1]), value)


def test_masks__check_what_they_are_made_of():
    with pytest.raises(InputError, match="out of range"):
        Mask.of(NEURONS, np.array([60]))
    with pytest.raises(InputError, match="out of range"):
        Mask.of(NEURONS, np.array([60]), np.zeros(60))
    with pytest.raises(InputError, match="no mask site 'input'"):
        Mask.of(NEURONS, np.array([1]), site="input")
    with pytest.raises(InputError, match="sorted"):
        Mask(NEURONS, np.array([2, 1]), np.zeros(2, np.float32))


def test_signature__tells_settings_and_content():
    first = Mask.of(NEURONS, np.array([1, 2]), 0.5, "output", chosen_by="neurons:1,2").signature
    second = Mask.of(NEURONS, np.array([1, 3]), 0.5, "output", chosen_by="neurons:1,2").signature
    assert first.startswith("masked:2|site:output|neurons:1,2|value:0.5|id:")
    assert first != second


HELD = st.lists(st.lists(st.booleans(), max_size=5), max_size=4)


def words_of(held: list[list[bool]], chosen_by: str = "past") -> ChosenWords:
    return ChosenWords.of([np.array(sentence, dtype=bool) for sentence in held], chosen_by)


@given(HELD)
def test_chosen_words__give_back_each_sentence(held):
    words = words_of(held)
    assert len(words) == len(held)
    assert [words.sentence(i).tolist() for i in range(len(held))] == held


@given(HELD, HELD)
def test_chosen_words__share_a_signature_only_if_equal(first, second):
    assert (words_of(first).signature == words_of(second).signature) == (first == second)
    assert words_of(first, "past").signature != words_of(first, "present").signature


def test_signature__tells_where_the_mask_holds():
    words = words_of([[True, False], [False]], "past,pres*")
    everywhere = Mask.of(NEURONS, np.array([1, 2]), 0.5)
    chosen = Mask.of(NEURONS, np.array([1, 2]), 0.5, words=words)
    before, content = everywhere.signature.split("|id:")
    assert chosen.signature == f"{before}|{words.signature}|id:{content}"
    assert words.signature.startswith("words:past,pres*@")
