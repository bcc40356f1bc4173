"""The dump and mask flags: what they ask for, and which combinations are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin.model_neurons import ModelNeurons
from fairseq_neurons.plugin.neuron_flags import NeuronFlags, build_mask, check_flags, needs_sentences, wants_mask
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.files import sha256_of_file
from tests.activations.small_dumps import write_dump

NEURONS = Neurons.of([Block("encoder", 0, "fwd", 3)])
MODEL = ModelNeurons(NEURONS, NEURONS)


def flags(**given) -> NeuronFlags:
    return NeuronFlags(checkpoint_path=None, **given)


@pytest.fixture
def checkpoint(tmp_path) -> Path:
    file = tmp_path / "model.pt"
    file.write_bytes(b"weights")
    return file


@pytest.mark.parametrize(
    ("given", "masks", "sentences"),
    [
        ({}, False, False),
        ({"mask_neurons": "0"}, True, False),
        ({"mask_invert": True}, True, False),
        ({"mask_value": "mean"}, True, False),
        ({"mask_words": "a"}, True, True),
        ({"dump_activations": "a"}, False, True),
        ({"dump_dtype": "float16"}, False, False),
    ],
)
def test_flags__ask_for_a_mask_or_for_whole_sentences(given, masks, sentences):
    assert (wants_mask(flags(**given)), needs_sentences(flags(**given))) == (masks, sentences)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"mask_labels": "l"}, "--mask-words is missing."),
        (
            {"dump_dtype": "float16"},
            "--dump-dtype is for dumps; the folder of the dump, --dump-activations, is missing.",
        ),
        ({"dump_text": "t"}, "--dump-text is for dumps; the folder of the dump, --dump-activations, is missing."),
        (
            {"dump_eos": True, "mask_words": "a"},
            "--dump-eos is for dumps; the folder of the dump, --dump-activations, is missing.",
        ),
    ],
)
def test_flags_without_effect__are_refused(given, sentence):
    with pytest.raises(InputError) as error:
        check_flags(flags(**given))
    assert str(error.value).endswith(sentence)


def test_text__is_accepted_for_chosen_words(tmp_path):
    check_flags(flags(mask_words="a", dump_text="t", dump_subwords="bpe"))
    check_flags(flags(dump_activations=str(tmp_path / "new"), dump_dtype="float16"))


def test_mask__has_the_top_of_the_ranking_and_the_means(checkpoint, tmp_path):
    sha256 = sha256_of_file(checkpoint)
    Ranking.from_scores("m", NEURONS, np.array([1.0, 3.0, 2.0]), "s", sha256).save(tmp_path / "r.json")
    values = np.array([[0, 1, 2], [2, 3, 6]], dtype=np.float32)
    dump = write_dump(tmp_path / "d", values, neurons=NEURONS, checkpoint=sha256)
    given = flags(mask_ranking=str(tmp_path / "r.json"), mask_top="2", mask_value="mean", mask_means=str(dump))
    mask = build_mask(given, MODEL, str(checkpoint))
    assert sorted(mask.indices.tolist()) == [1, 2]
    assert dict(zip(mask.indices.tolist(), np.asarray(mask.values).tolist(), strict=True)) == {1: 2.0, 2: 4.0}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"mask_value": "mean"}, "--mask-value mean needs the means of a dump (--mask-means)."),
        ({"mask_means": "d"}, "--mask-means is for --mask-value mean, which is missing."),
    ],
)
def test_value_and_means__need_each_other(checkpoint, given, sentence):
    with pytest.raises(InputError) as error:
        build_mask(flags(mask_neurons="0", **given), MODEL, str(checkpoint))
    assert str(error.value) == sentence
