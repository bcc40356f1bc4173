"""fairseq's own LSTMs, watched, masked and remembered layer by layer, compute what their literal twins compute."""

from __future__ import annotations

import copy
import gc
import weakref

import numpy as np
import pytest
import torch
from torch import nn

from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of, recorded
from fairseq_neurons.plugin.layer_memory import LayerMemory
from tests.plugin.architectures.stock_lstms import (
    encoder_twin,
    language_model,
    language_model_twin,
    translation_model,
)
from tests.plugin.conftest import batch, sentences
from tests.plugin.masked_words import each, mask_at, read, sample_of, words_at

TOLERANCE = 1e-5
ENCODERS = {"one direction": (1, False), "deep": (3, False), "one layer": (1, True), "both": (2, True)}


@pytest.fixture(params=ENCODERS)
def model(request, dictionary):
    layers, bidirectional = ENCODERS[request.param]
    return translation_model(dictionary, layers, bidirectional)


@pytest.fixture
def both(dictionary):
    return translation_model(dictionary)


@pytest.fixture
def lm(dictionary):
    return language_model(dictionary)


def by_length(seed: int) -> list[list[int]]:
    """fairseq's encoder takes only batches that are sorted, as its data sets collate them."""
    return sorted(sentences(seed), key=len, reverse=True)


def encoded(model, data, left_pad=True):
    with torch.no_grad():
        return model.encoder(*batch(data, left_pad))


def check_encoder(model, data, mask, at=None) -> None:
    found, states = read(model, sample_of(data))
    for i, sentence in enumerate(data):
        expected = encoder_twin(model.encoder, sentence, mask, at and at[i])
        np.testing.assert_allclose(states[i], expected[0], atol=TOLERANCE)
        np.testing.assert_allclose(found[0][: len(sentence), i], expected[1], atol=TOLERANCE)
        np.testing.assert_allclose(found[1][:, i], expected[2], atol=TOLERANCE)
        np.testing.assert_allclose(found[2][:, i], expected[3], atol=TOLERANCE)


def test_encoder_states__equal_the_twin_and_leave_the_output_as_it_was(model):
    data = by_length(3)
    before = encoded(model, data)
    check_encoder(model, data, None)
    with recorded(model):
        watched = encoded(model, data)
    for expected, parts in zip(before, zip(watched, encoded(model, data))):
        assert all(torch.equal(part, expected) for part in parts)


@pytest.mark.parametrize("left_pad", [True, False])
@pytest.mark.parametrize("size", [1, 2])
def test_encoder_states__are_the_same_in_any_batch(both, size, left_pad):
    data = by_length(4)
    for start in range(0, len(data), size):
        _, states = read(both, sample_of(data[start : start + size], left_pad=left_pad))
        for sentence, rows in zip(data[start : start + size], states, strict=True):
            np.testing.assert_allclose(rows, encoder_twin(both.encoder, sentence)[0], atol=TOLERANCE)


@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_masked_encoder__equals_the_twin(model, site):
    mask = Mask.of(neurons_of(model), np.arange(0, len(neurons_of(model)), 3), each(model), site)
    with masked(model, mask):
        check_encoder(model, by_length(5), mask)


@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_encoder_masked_at_words__equals_the_twin(model, site):
    data = by_length(6)
    at = words_at(data, "several")
    mask = mask_at(model, at, "each", site, list(range(0, len(neurons_of(model)), 3)))
    with masked(model, mask):
        check_encoder(model, data, mask, at)


def check_language_model(lm, data, mask, at=None) -> None:
    with recorded(lm) as recorder, torch.no_grad():
        tokens, lengths = batch(data, left_pad=False)
        features, _ = lm.decoder.extract_features(tokens)
        states = np.split(recorder.take(lengths), np.cumsum(lengths)[:-1])
    for i, sentence in enumerate(data):
        expected = language_model_twin(lm.decoder, sentence, mask, at and at[i])
        np.testing.assert_allclose(states[i], expected[0], atol=TOLERANCE)
        np.testing.assert_allclose(features[i, : len(sentence)], expected[1], atol=TOLERANCE)


@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_language_model__equals_the_twin(lm, site):
    data = sentences(7)
    check_language_model(lm, data, None)
    mask = Mask.of(neurons_of(lm), np.array([0, 5, 9, 15]), each(lm), site)
    with masked(lm, mask):
        check_language_model(lm, data, mask)


@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_language_model_masked_at_words__equals_the_twin(lm, site):
    from fairseq_neurons.plugin.masking import note_batch

    data = sentences(8)
    at = words_at(data, "several")
    mask = mask_at(lm, at, "each", site, [0, 5, 9, 15])
    with masked(lm, mask):
        note_batch(lm, sample_of(data, left_pad=False))
        check_language_model(lm, data, mask, at)


@pytest.mark.parametrize("mask_site", [None, "recurrent", "output"])
def test_language_model_word_by_word__is_the_pass_over_whole_sentences(lm, mask_site):
    """Sampling reads a word at a time, and the search selects among the states that fairseq keeps."""
    tokens, order = torch.tensor([[2, 5, 6, 7], [2, 9, 8, 7]]), torch.tensor([1, 0])
    mask = Mask.of(neurons_of(lm), np.array([] if mask_site is None else [0, 5, 9]), 0.6, mask_site or "output")
    with torch.no_grad():
        stock = lm.decoder.extract_features(tokens)[0]
        with recorded(lm), masked(lm, mask):
            whole = lm.decoder.extract_features(tokens)[0]
            state: dict = {}
            first = [lm.decoder.extract_features(tokens[:, :n], incremental_state=state)[0] for n in (1, 2)]
            lm.decoder.reorder_incremental_state(state, order)
            last = [lm.decoder.extract_features(tokens[order, :n], incremental_state=state)[0] for n in (3, 4)]
    torch.testing.assert_close(torch.cat([*first, *(part[order] for part in last)], 1), whole, atol=1e-6, rtol=0)
    assert torch.allclose(whole, stock, atol=1e-6) == (mask_site is None)


@pytest.mark.parametrize("training", [True, False])
def test_dropout_between_layers__is_that_of_training(both, training):
    both.encoder.lstm.dropout, data = 0.5, by_length(9)
    both.train(training)
    found = []
    for watched in (False, True):
        torch.manual_seed(2)
        with recorded(both) if watched else torch.no_grad():
            found.append(both.encoder(*batch(data))[0])
    torch.testing.assert_close(*found)


def test_nothing_is_left_behind__after_an_exception(both, lm):
    for each_model in (both, lm):
        attributes = [set(vars(module)) for module in each_model.modules()]
        before = copy.deepcopy(each_model.state_dict())
        mask = Mask.of(neurons_of(each_model), np.array([3]), 0.5)
        with pytest.raises(ZeroDivisionError), masked(each_model, mask), recorded(each_model):
            raise ZeroDivisionError
        assert [set(vars(module)) for module in each_model.modules()] == attributes
        assert not any(module._forward_hooks for module in each_model.modules())
        assert all(torch.equal(each_model.state_dict()[key], value) for key, value in before.items())


def test_weights_that_change__are_those_that_are_watched(both, lm):
    data = by_length(10)
    for each_model in (both, lm):
        check = check_encoder if each_model is both else check_language_model
        check(each_model, data, None)
        with torch.no_grad():
            for parameter in each_model.parameters():
                parameter.mul_(0.5)
        check(each_model, data, None)


def test_a_model_that_was_watched__is_collected(dictionary):
    model = translation_model(dictionary)
    with recorded(model):
        encoded(model, by_length(11))
    known = weakref.ref(model.encoder.lstm)
    del model
    gc.collect()
    assert known() is None


def test_layers_below_a_mask__are_computed_once(both):
    memory, data = LayerMemory(both), by_length(12)

    def remembered() -> torch.Tensor:
        with memory.remembering(0):
            return encoded(both, data)[0]

    first = remembered()
    assert torch.equal(first, encoded(both, data)[0])
    with masked(both, Mask.of(neurons_of(both), np.array([16]), 0.5)):  # of the upper layer
        expected = encoded(both, data)[0]
        with pytest.MonkeyPatch.context() as patch:
            calls, forward = [], nn.LSTM.forward
            patch.setattr(nn.LSTM, "forward", lambda *args: calls.append(1) or forward(*args))
            assert torch.equal(remembered(), expected)
    assert len(calls) == 1
    assert torch.equal(remembered(), first)
