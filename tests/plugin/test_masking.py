"""A masked model is the step-by-step loop with masked units; without a mask nothing is different."""

from __future__ import annotations

import copy
import gc
import sys
import weakref

import numpy as np
import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin import masked, neurons_of, recorded
from fairseq_neurons.plugin.masking import note_batch
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel
from tests import reference
from tests.plugin.conftest import batch, build, sentences
from tests.plugin.masked_words import CHOSEN, LM_CHOSEN, mask_at, read, sample_of, words_at

TOLERANCE = 1e-5
ENCODERS = {"separate": reference.separate_encoder, "joint": reference.joint_encoder}


def means(model) -> np.ndarray:
    return np.linspace(-0.8, 0.9, len(neurons_of(model)))


def mask_of(model, value, site, chosen=CHOSEN) -> Mask:
    return Mask.of(neurons_of(model), np.array(chosen), value, site, means(model))


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("site", ["recurrent", "output"])
@pytest.mark.parametrize("value", ["zero", "mean", 0.75, -1.5])
def test_masked_encoder__equals_the_masked_loop(name, site, value, request):
    model = request.getfixturevalue(name)
    mask, data = mask_of(model, value, site), sentences(seed=11)
    tokens, lengths = batch(data)
    with masked(model, mask), recorded(model) as recorder, torch.no_grad():
        outputs, h, c, _ = model.encoder(tokens, lengths)
        states = np.split(recorder.take(lengths), np.cumsum(lengths)[:-1])
    for i, sentence in enumerate(data):
        expected = ENCODERS[name](model.encoder, sentence, mask)
        np.testing.assert_allclose(states[i], expected[0], atol=TOLERANCE)
        np.testing.assert_allclose(outputs[: len(sentence), i], expected[1], atol=TOLERANCE)
        np.testing.assert_allclose(h[:, i], expected[2], atol=TOLERANCE)
        np.testing.assert_allclose(c[:, i], expected[3], atol=TOLERANCE)


@pytest.mark.parametrize("site", ["recurrent", "output"])
@pytest.mark.parametrize("value", ["zero", "mean", 0.75, -1.5])
def test_masked_language_model__equals_the_masked_loop(language_model, site, value):
    mask, data = mask_of(language_model, value, site, chosen=[0, 5, 9, 15]), sentences(seed=12)
    tokens, lengths = batch(data, left_pad=False)
    with masked(language_model, mask), torch.no_grad():
        scores, _ = language_model(tokens, src_lengths=lengths)
    for i, sentence in enumerate(data):
        _, expected = reference.language_model(language_model.decoder, sentence, mask)
        np.testing.assert_allclose(scores[i, : len(sentence)], expected, atol=TOLERANCE)


@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_masked_language_model__is_the_same_word_by_word(language_model, site):
    sentence = sentences(seed=13, count=1, longest=12)[0]
    mask = mask_of(language_model, 0.5, site, chosen=[1, 4, 11])
    _, expected = reference.language_model(language_model.decoder, sentence, mask)
    state: dict = {"full_context_alignment": {}}
    with masked(language_model, mask), torch.no_grad():
        for position in range(len(sentence)):
            prefix = torch.tensor([sentence[: position + 1]])
            scores, _ = language_model.decoder(prefix, incremental_state=state)
            np.testing.assert_allclose(scores[0, 0], expected[position], atol=TOLERANCE)


@pytest.mark.parametrize("name", ENCODERS)
def test_the_sites__answer_different_questions(name, request):
    model = request.getfixturevalue(name)
    tokens, lengths = batch(sentences(seed=14))
    outputs = {}
    for site in ("recurrent", "output"):
        with masked(model, mask_of(model, 0.5, site)), torch.no_grad():
            outputs[site] = model.encoder(tokens, lengths)[0]
    assert (outputs["recurrent"] - outputs["output"]).abs().max() > 0.01


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("at", [None, "several"])
def test_context__masks_what_attention_reads_and_leaves_the_decoders_start_free(name, at, request):
    model, data = request.getfixturevalue(name), sentences(seed=31)
    free, states = read(model, sample_of(data))
    top = [17, 24, 31]
    places = [[True] * len(s) for s in data] if at is None else words_at(data, at)
    mask = mask_of(model, 0.5, "context", top) if at is None else mask_at(model, places, 0.5, "context", top)
    with masked(model, mask):
        found, masked_states = read(model, sample_of(data))
    for i, (before, after) in enumerate(zip(states, masked_states)):
        expected = before.copy()
        expected[np.ix_(places[i], top)] = 0.5
        np.testing.assert_array_equal(after, expected)
    assert torch.equal(found[1], free[1]) and torch.equal(found[2], free[2])
    assert not torch.equal(found[0], free[0])


def test_context__is_a_site_of_the_top_layer_alone(joint):
    sentence = "encoder.0.fwd cannot be masked at 'context'; its sites are recurrent and output."
    with pytest.raises(InputError, match=sentence), masked(joint, mask_of(joint, 0.0, "context", [3, 17])):
        pass


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
def test_mask__changes_no_parameter_and_leaves_nothing_behind(name, request):
    model = request.getfixturevalue(name)
    before = copy.deepcopy(model.state_dict())
    attributes = [set(vars(module)) for module in model.modules()]
    with masked(model, mask_of(model, 0.5, "recurrent", chosen=[0, 9])):
        _run(model)
        inside = {key: value.clone() for key, value in model.state_dict().items()}
    assert [set(vars(module)) for module in model.modules()] == attributes
    for state in (inside, model.state_dict()):
        assert all(torch.equal(state[key], value) for key, value in before.items())


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
def test_exception_inside_a_masked_forward__leaves_nothing_of_the_mask(name, request, monkeypatch):
    model = request.getfixturevalue(name)
    expected = _run(model)
    victim = [module for module in model.modules() if isinstance(module, torch.nn.LSTM)][-1]

    def fail(*_args):
        raise RuntimeError("in the middle")

    hook = victim.register_forward_pre_hook(fail)
    with pytest.raises(RuntimeError, match="in the middle"), masked(model, mask_of(model, 3.0, "recurrent", [0, 9])):
        _run(model)
    hook.remove()
    assert torch.equal(_run(model), expected)


def test_empty_mask__is_the_stock_output_bit_for_bit(joint):
    tokens, lengths = batch(sentences(seed=15))
    expected = joint.encoder(tokens, lengths)
    with masked(joint, mask_of(joint, 0.0, "recurrent", chosen=[])):
        found = joint.encoder(tokens, lengths)
    assert all(torch.equal(a, b) for a, b in zip(expected, found))


def test_gradients__flow_around_the_masked_units(separate):
    tokens, lengths = batch(sentences(seed=16))
    with masked(separate, mask_of(separate, 0.0, "recurrent", chosen=[2])):
        separate.encoder(tokens, lengths)[0].sum().backward()
    column = separate.encoder.fwd[0].weight_hh_l0.grad[:, 2]
    assert column.abs().max() == 0
    assert separate.encoder.fwd[0].weight_hh_l0.grad.abs().max() > 0


def test_mask_of_another_model__is_refused(joint):
    other = Neurons.of([Block("encoder", 0, "fwd", 500)])
    with pytest.raises(InputError, match="different neurons"), masked(joint, Mask.of(other, np.array([1]))):
        pass


@pytest.mark.parametrize("chosen", [[], [1]])
def test_site_that_the_model_does_not_have__is_refused_naming_its_sites(joint, chosen):
    sentence = "This model has no mask site 'input'; its sites are recurrent, output and context."
    with pytest.raises(InputError, match=sentence), masked(joint, mask_of(joint, 0.0, "input", chosen)):
        pass


def test_second_mask_on_the_same_layer__is_refused_and_the_first_stays(joint):
    mask = mask_of(joint, 0.0, "recurrent")
    with masked(joint, mask):
        with pytest.raises(InputError, match="masked already"), masked(joint, mask):
            pass
        assert any("forward" in vars(module) for module in joint.modules())


def test_masked_model_that_is_collected__takes_its_mask_with_it(dictionary, monkeypatch):
    """A command of fairseq ends without leaving the context."""
    complaints: list = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    model = build(LSTMDalvi2019JointModel, dictionary)
    context = masked(model, mask_of(model, 0.0, "recurrent"))
    context.__enter__()
    model.context, gone = context, weakref.ref(model)  # a circle, as a task and its models are
    del model, context
    gc.collect()
    assert gone() is None
    assert complaints == []


def test_architecture_without_neurons__is_refused():
    with pytest.raises(InputError, match="Linear has no neurons"):
        neurons_of(torch.nn.Linear(2, 2))


def _run(model) -> torch.Tensor:
    data = sentences(seed=17)
    with torch.no_grad():
        if hasattr(model, "encoder"):
            return model.encoder(*batch(data))[0]
        return model(batch(data, left_pad=False)[0])[0]


def masked_at_several(model, data):
    return masked(model, mask_at(model, words_at(data, "several"), chosen=LM_CHOSEN))


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
def test_batch_that_nobody_noted__is_refused(name, request):
    model, data = request.getfixturevalue(name), sentences(seed=27)
    sample = sample_of(data, left_pad=name != "language_model")
    with masked_at_several(model, data):
        with pytest.raises(RuntimeError, match="note_batch"):
            read(model, sample, noted=False)
        read(model, sample)
        with pytest.raises(RuntimeError, match="note_batch"):
            read(model, sample, noted=False)


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
def test_batch_of_another_shape_than_the_noted__is_refused(name, request):
    model, data = request.getfixturevalue(name), sentences(seed=28)
    left_pad = name != "language_model"
    assert len({len(data[i]) for i in (1, 4, 5)}) == 3
    for others in ([4, 5, 1], [1, 4]):
        with masked_at_several(model, data):
            note_batch(model, sample_of(data, [1, 5, 4], left_pad))
            if name == "language_model" and len(others) == 3:
                continue  # padded words do not show their lengths
            with pytest.raises(RuntimeError, match="note_batch"):
                read(model, sample_of(data, others, left_pad), noted=False)


def test_sentences_of_other_data__are_refused(joint):
    data = sentences(seed=29)
    with masked_at_several(joint, data):
        with pytest.raises(RuntimeError, match=f"sentence 1 is not of length {len(data[1]) + 1}"):
            note_batch(joint, sample_of([data[0], [4, *data[1]]]))
        with pytest.raises(RuntimeError, match="sentence 9 is not"):
            note_batch(joint, {**sample_of(data[:1]), "id": torch.tensor([9])})


def test_language_model_read_word_by_word__is_refused(language_model):
    """A sentence of one word has the shape of a step; what came before it distinguishes them."""
    sample, state = sample_of([[2]], left_pad=False), {"full_context_alignment": {}}
    with masked(language_model, mask_at(language_model, [[True]], chosen=[1])), torch.no_grad():
        note_batch(language_model, sample)
        language_model.decoder(torch.tensor([[2]]), incremental_state=state)
        note_batch(language_model, sample)
        with pytest.raises(RuntimeError, match="whole and once"):
            language_model.decoder(torch.tensor([[2, 5]]), incremental_state=state)


def test_noting__does_nothing_without_such_a_mask(joint):
    data = sentences(seed=30)
    before = [set(vars(module)) for module in joint.modules()]
    note_batch(joint, {})
    with masked(joint, Mask.of(neurons_of(joint), np.array([1]), 0.5)):
        note_batch(joint, {"net_input": {}})
        found, _ = read(joint, sample_of(data))
    assert torch.isfinite(found[0]).all()
    assert [set(vars(module)) for module in joint.modules()] == before
