from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.neurons import Block, Neurons

NEURONS = Neurons.of([Block("encoder", 0, "fwd", 30), Block("encoder", 0, "bwd", 30)])


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
    with pytest.raises(InputError, match=r"`value` must have shape \(60,\): one number per neuron of encoder.0.fwd"):
        Mask.of(NEURONS, np.array([5, 2]), own)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("none", "must be zero, mean or a number, not 'none'"),
        ("mean", "'mean' needs `means`: one number per neuron of encoder.0.fwd"),
        *((value, "must be finite") for value in ("nan", "inf", np.full(60, np.nan))),
    ],
)
def test_invalid_values__are_refused_in_words_of_python(value, sentence):
    with pytest.raises(InputError, match=sentence) as refused:
        Mask.of(NEURONS, np.array([1]), value)
    assert "--" not in str(refused.value)


def test_masks__check_what_they_are_made_of():
    with pytest.raises(InputError, match="out of range"):
        Mask.of(NEURONS, np.array([60]))
    with pytest.raises(InputError, match="out of range"):
        Mask.of(NEURONS, np.array([60]), np.zeros(60))
    with pytest.raises(InputError, match="sorted"):
        Mask(NEURONS, np.array([2, 1]), np.zeros(2, np.float32))


def test_signature__has_settings_and_content():
    first = Mask.of(NEURONS, np.array([1, 2]), 0.5, "output", chosen_by="neurons:1,2").signature
    second = Mask.of(NEURONS, np.array([1, 3]), 0.5, "output", chosen_by="neurons:1,2").signature
    assert first.startswith("masked:2|site:output|neurons:1,2|value:0.5|id:")
    assert first != second


SENTENCES = st.lists(st.lists(st.booleans(), max_size=5), max_size=4)


def words_of(masked: list[list[bool]], chosen_by: str = "past") -> ChosenWords:
    return ChosenWords.of([np.array(sentence, dtype=bool) for sentence in masked], chosen_by)


@given(SENTENCES)
def test_chosen_words__give_back_each_sentence(masked):
    words = words_of(masked)
    assert len(words) == len(masked)
    assert [words.sentence(i).tolist() for i in range(len(masked))] == masked


@given(SENTENCES, SENTENCES)
def test_chosen_words__share_a_signature_only_if_equal(first, second):
    assert (words_of(first).signature == words_of(second).signature) == (first == second)
    assert words_of(first, "past").signature != words_of(first, "present").signature


def test_signature__has_the_words_at_which_neurons_are_masked():
    words = words_of([[True, False], [False]], "past,pres*")
    everywhere = Mask.of(NEURONS, np.array([1, 2]), 0.5)
    chosen = Mask.of(NEURONS, np.array([1, 2]), 0.5, words=words)
    before, content = everywhere.signature.split("|id:")
    assert chosen.signature == f"{before}|{words.signature}|id:{content}"
    assert words.signature.startswith("words:past,pres*@")


@pytest.mark.parametrize(
    ("indices", "site"), [([0], "recurrent"), ([3], "output"), ([0, 3], "recurrent"), ([], "recurrent")]
)
def test_site__is_recurrent_for_hidden_states_of_an_lstm_and_output_for_all_else(indices, site):
    neurons = Neurons.of([Block("encoder", 0, "bwd", 3), Block("encoder", 0, "in", 2)])
    assert Mask.of(neurons, np.array(indices)).site == site
    assert Mask.of(neurons, np.array(indices), site="context").site == "context"


def test_signature__distinguishes_equal_indices_of_other_parts():
    blocks = [[Block("encoder", 0, part, 5)] for part in ("ffn", "out")]
    first, second = (Mask.of(Neurons.of(block), np.array([1, 2])) for block in blocks)
    assert first.signature != second.signature and first.digest != second.digest
