"""Our beam search is fairseq's, hypothesis by hypothesis."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from fairseq import search
from fairseq.data import Dictionary
from fairseq.sequence_generator import SequenceGenerator

from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of
from fairseq_neurons.plugin.decoding import SharedStatesGenerator, beam_search
from tests.plugin.conftest import build, sentences
from tests.plugin.same_search import MODELS, OPTIONS, assert_same_search, dictionary_of, sample_of, that_ends


@pytest.fixture(scope="module")
def large() -> Dictionary:
    """Enough words for many chunks, and no whole number of them."""
    return dictionary_of(1001)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("beam", [1, 4, 5])
@pytest.mark.parametrize("size", ["small", "large"])
def test_search__finds_the_n_best_of_fairseq(name, beam, size, dictionary, large):
    words = large if size == "large" else dictionary
    model = that_ends(build(MODELS[name], words))
    found = assert_same_search(model, words, sentences(seed=31), beam_size=beam)
    assert all(len(hypotheses) == beam for hypotheses in found)
    assert len({len(hypotheses[0]["tokens"]) for hypotheses in found}) > 1


@pytest.mark.parametrize("site", ["recurrent", "output"])
@pytest.mark.parametrize("name", MODELS)
def test_search_of_a_masked_model__is_that_of_fairseq(name, site, large):
    model = that_ends(build(MODELS[name], large))
    free = assert_same_search(model, large, sentences(seed=32), beam_size=4)
    mask = Mask.of(neurons_of(model), np.arange(0, 32, 3), 0.8, site)
    with masked(model, mask):
        ablated = assert_same_search(model, large, sentences(seed=32), beam_size=4)
    assert any(a[0]["tokens"].tolist() != b[0]["tokens"].tolist() for a, b in zip(free, ablated, strict=True))


@pytest.mark.parametrize(
    "options",
    [
        *OPTIONS,
        {"max_len_a": 0.5},
        {"tokens_to_suppress": ("w3", "w5", "w7")},
        {"eos": 9},
    ],
    ids=lambda options: next(iter(options)),
)
def test_search__takes_every_option_as_fairseq_does(options, joint, dictionary):
    assert_same_search(that_ends(joint), dictionary, sentences(seed=33), beam_size=3, **options)


@pytest.mark.parametrize(
    "strategy",
    [
        lambda words: search.DiverseBeamSearch(words, 2, 0.5),
        lambda words: search.DiverseSiblingsSearch(words, 0.5),
        lambda words: search.Sampling(words, sampling_topk=5),
        lambda words: search.LengthConstrainedBeamSearch(words, 0.5, 0, 1.5, 3),
        lambda words: search.PrefixConstrainedBeamSearch(words, lambda batch, tokens: [2, 5, 6, 7, 8, 9]),
    ],
    ids=["diverse", "siblings", "sampling", "length", "allowed"],
)
def test_other_searches__see_the_same_probabilities(strategy, joint, dictionary):
    assert_same_search(that_ends(joint), dictionary, sentences(seed=34), strategy=strategy, beam_size=4)


def test_constraints__are_obeyed_as_by_fairseq(joint, dictionary):
    from fairseq.token_generation_constraints import pack_constraints

    constraints = pack_constraints([[torch.tensor([5, 6])], [torch.tensor([9])], []])
    found = assert_same_search(
        joint,
        dictionary,
        sentences(seed=35, count=3),
        constraints=constraints,
        strategy=lambda words: search.LexicallyConstrainedBeamSearch(words, "ordered"),
        beam_size=4,
    )
    assert 9 in found[1][0]["tokens"].tolist()
    unable = SharedStatesGenerator([joint], dictionary, max_len_b=20)
    with pytest.raises(NotImplementedError, match="constraints"):
        unable.generate([joint], sample_of(sentences(seed=35, count=3)), constraints=constraints)


@pytest.mark.parametrize("prefix", [[[5, 6], [7, 1], [1, 1]], [[5, 2], [7, 8], [9, 1]]])
def test_prefix_tokens__begin_the_hypotheses(prefix, large):
    model = build(MODELS["separate"], large)
    data = sentences(seed=36, count=3)
    found = assert_same_search(model, large, data, prefix=torch.tensor(prefix), beam_size=4)
    for wanted, hypotheses in zip(prefix, found, strict=True):
        wanted = [token for token in wanted if token != 1]
        assert hypotheses[0]["tokens"].tolist()[: len(wanted)] == wanted


def test_a_decoder_with_other_sizes__is_repeated_exactly(dictionary, large):
    projected = build(MODELS["joint"], dictionary, decoder_out_embed_dim=5)
    assert_same_search(projected, dictionary, sentences(seed=37), beam_size=3)
    shared = build(
        MODELS["separate"],
        large,
        decoder_hidden_size=11,
        decoder_out_embed_dim=6,
        share_decoder_input_output_embed=True,
    )
    assert_same_search(shared, large, sentences(seed=37), beam_size=3)
    deep = build(MODELS["separate"], large, encoder_layers=3, decoder_layers=3, decoder_hidden_size=9)
    assert_same_search(deep, large, sentences(seed=37), beam_size=3)


@pytest.mark.parametrize("generator_class", [SequenceGenerator, SharedStatesGenerator])
def test_a_model_that_is_not_a_number__is_not_translated_with(generator_class, joint, dictionary):
    with torch.no_grad():
        joint.decoder.fc_out.bias[7] = float("nan")
    generator = generator_class([joint], dictionary, beam_size=2, max_len_b=3)
    with pytest.raises(AssertionError):
        generator.generate([joint], sample_of(sentences(seed=38, count=2)))


def test_weights_that_change__are_read_anew(joint, dictionary):
    generator = SharedStatesGenerator([that_ends(joint)], dictionary, beam_size=2, max_len_b=20)
    data = sample_of(sentences(seed=39))
    before = [h[0]["tokens"].tolist() for h in generator.generate([joint], data)]
    joint.decoder.fc_out.weight.data.copy_(-joint.decoder.fc_out.weight)
    after = [h[0]["tokens"].tolist() for h in generator.generate([joint], data)]
    stock = SequenceGenerator([joint], dictionary, beam_size=2, max_len_b=20)
    assert before != after == [h[0]["tokens"].tolist() for h in stock.generate([joint], data)]


def test_what_cannot_be_shared__is_left_to_fairseq(joint, separate, language_model, dictionary, caplog):
    assert SharedStatesGenerator([joint], dictionary).step_decoder() is not None
    assert SharedStatesGenerator([joint, separate], dictionary).step_decoder() is None
    assert SharedStatesGenerator([joint], dictionary, lm_model=language_model).step_decoder() is None
    assert SharedStatesGenerator([language_model], dictionary).step_decoder() is None
    joint.decoder.dropout_out_module.apply_during_inference = True
    assert SharedStatesGenerator([joint], dictionary).step_decoder() is None
    with caplog.at_level("INFO", "fairseq_neurons"):
        beam_search._left_to_fairseq.cache_clear()
        caplog.clear()
        for models in ([joint], [joint], [joint, separate], [language_model]):
            SharedStatesGenerator(models, dictionary).step_decoder()
    assert [record.message for record in caplog.records] == [
        f"The beam search is fairseq's own: the faster one does not support {what}."
        for what in ("dropout that stays on", "several models", "models of the class LSTMLanguageModelDalvi2019")
    ]
    ensemble = SharedStatesGenerator([separate, separate], dictionary, max_len_b=9)
    assert len(ensemble.generate([separate, separate], sample_of(sentences(seed=40)))) == 9
