"""What Python users write becomes a mask or one sentence."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin.mask_arguments import check_ranked_model, mask_of
from fairseq_neurons.plugin.model_neurons import ModelNeurons
from fairseq_neurons.rankings import Ranking

NEURONS = Neurons.of([Block("encoder", 0, "fwd", 3), Block("encoder", 0, "bwd", 2)])
OTHERS = Neurons.of([Block("decoder", 0, "ffn", 4)])
MODEL = ModelNeurons(NEURONS, Neurons.of(NEURONS.blocks + OTHERS.blocks))


@pytest.mark.parametrize(
    ("neurons", "chosen"),
    [
        ("encoder.0.bwd.*", [3, 4]),
        ("4, encoder.0.fwd.0", [0, 4]),
        (["encoder.0.fwd.2", "0"], [0, 2]),
        ([2, 1, 2], [1, 2]),
        (np.array([4, 0], dtype=np.int32), [0, 4]),
        ([], []),
        (3, [3]),
        (np.int64(4), [4]),
    ],
)
def test_neurons__are_patterns_names_or_indices(neurons, chosen):
    mask = mask_of(MODEL, neurons, 0.5, "output")
    assert mask.indices.tolist() == chosen and mask.values.tolist() == [0.5] * len(chosen) and mask.site == "output"


def test_values__are_one_or_one_for_each_neuron():
    assert mask_of(MODEL, [1, 3], "zero").values.tolist() == [0, 0]
    assert mask_of(MODEL, [1, 3], 2).values.tolist() == [2, 2]
    for values in ([0, 1, 2, 3, 4], np.arange(5.0)):
        assert mask_of(MODEL, [1, 3], values).values.tolist() == [1, 3]


def test_states__are_those_in_which_indices_and_values_count():
    for states in ("decoder.*", ["decoder.0.ffn"], OTHERS):
        mask = mask_of(MODEL, [1, 3], [0.0, 1.0, 2.0, 3.0], states=states)
        assert (mask.neurons, mask.indices.tolist(), mask.values.tolist()) == (OTHERS, [1, 3], [1, 3])
    with pytest.raises(InputError, match="no states 'decoder.0.out'; it has"):
        mask_of(MODEL, [1], states="decoder.0.out")
    with pytest.raises(InputError, match="states= and this model have different neurons"):
        mask_of(MODEL, [1], states=Neurons.of([Block("decoder", 0, "ffn", 5)]))


def test_neurons_of_a_ranking__count_in_its_blocks():
    ranking = Ranking.from_scores("any", OTHERS, np.arange(4.0), "any")
    for neurons in (ranking.top(2), ranking.top(3)[:2], np.sort(ranking.top(2))):
        mask = mask_of(MODEL, neurons)
        assert (mask.neurons, mask.indices.tolist()) == (OTHERS, [2, 3])
    mask = mask_of(MODEL, ranking.bottom(1), [5.0, 6.0, 7.0, 8.0])
    assert (mask.neurons, mask.values.tolist()) == (OTHERS, [5])
    with pytest.raises(InputError, match="this model have different neurons"):
        mask_of(ModelNeurons(NEURONS, NEURONS), ranking.top(1))


def test_neurons_of_another_models_ranking__are_refused(tmp_path):
    (tmp_path / "model.pt").write_bytes(b"model")
    ours = hashlib.sha256(b"model").hexdigest()
    for checkpoint in (ours, ""):
        check_ranked_model(Ranking.from_scores("any", OTHERS, np.ones(4), "", checkpoint).top(1), tmp_path / "model.pt")
    with pytest.raises(InputError, match="The ranking and this model are of different models"):
        check_ranked_model(Ranking.from_scores("any", OTHERS, np.ones(4), "", "f" * 64).top(1), tmp_path / "model.pt")


def test_signature__says_how_neurons_and_value_were_chosen():
    assert "|neurons:encoder.0.bwd.*|value:zero|" in mask_of(MODEL, "encoder.0.bwd.*", "zero").signature
    assert "|neurons:given|value:given|" in mask_of(MODEL, [1], np.ones(5)).signature


def test_mask__is_taken_as_it_is_and_alone():
    mask = Mask.of(NEURONS, np.array([1]), 3.0)
    assert mask_of(MODEL, mask) is mask
    for options in ({"value": 1.0}, {"value": "zero"}, {"site": "output"}, {"states": "encoder.*"}):
        with pytest.raises(InputError, match="give it alone"):
            mask_of(MODEL, mask, **options)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([0.5],), "Give neurons as patterns"),
        (([[1, 2]],), "Give neurons as patterns"),
        (([True, False, True, False, False],), "Give neurons as patterns"),
        (([7],), "out of range"),
        (([-1],), "out of range"),
        (("decoder.1.*",), "No neuron matches"),
        (("encoder.0.out.1",), "There is no neuron .*; it has encoder.0.fwd, encoder.0.bwd, decoder.0.ffn"),
        (([1], "mean"), r"value=Activations\(DIR\).mean\(\)"),
        (([1], "big"), "'big'"),
        (([1], [1.0, 2.0]), "5"),
        (([1], float("nan")), "finite"),
    ],
)
def test_wrong_arguments__are_refused_in_one_sentence(arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        mask_of(MODEL, *arguments)


@pytest.mark.parametrize("neurons", [None, float("nan"), object(), [[1, 2]]])
def test_what_is_neither_name_nor_index__is_refused(neurons):
    with pytest.raises(InputError, match="patterns .*, names, indices or a Mask"):
        mask_of(MODEL, neurons)
