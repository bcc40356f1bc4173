"""A mask at chosen words is the step-by-step loop in which units are masked at these steps and free at all others."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of
from fairseq_neurons.plugin.masking import note_batch
from tests import reference
from tests.plugin.conftest import sentences
from tests.plugin.masked_words import LM_CHOSEN, WHERE, mask_at, read, sample_of, words_at

TOLERANCE = 1e-5
ENCODERS = {"separate": reference.separate_encoder, "joint": reference.joint_encoder}


def check_encoder(name, model, mask, data, at, ids) -> None:
    with masked(model, mask):
        (outputs, h, c, _), states = read(model, sample_of(data, ids))
    for row, i in enumerate(ids):
        expected = ENCODERS[name](model.encoder, data[i], mask, at[i])
        np.testing.assert_allclose(states[row], expected[0], atol=TOLERANCE)
        np.testing.assert_allclose(outputs[: len(data[i]), row], expected[1], atol=TOLERANCE)
        np.testing.assert_allclose(h[:, row], expected[2], atol=TOLERANCE)
        np.testing.assert_allclose(c[:, row], expected[3], atol=TOLERANCE)


def check_language_model(model, mask, data, at, ids) -> None:
    with masked(model, mask):
        (scores, _), states = read(model, sample_of(data, ids, left_pad=False))
    for row, i in enumerate(ids):
        expected = reference.language_model(model.decoder, data[i], mask, at[i])
        np.testing.assert_allclose(states[row], expected[0], atol=TOLERANCE)
        np.testing.assert_allclose(scores[row, : len(data[i])], expected[1], atol=TOLERANCE)


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("site", ["recurrent", "output"])
@pytest.mark.parametrize("value", ["zero", -1.5, "each"])
@pytest.mark.parametrize("where", WHERE)
def test_encoder_masked_at_words__equals_the_masked_loop(name, site, value, where, request):
    model = request.getfixturevalue(name)
    data = sentences(seed=21)
    at = words_at(data, where)
    check_encoder(name, model, mask_at(model, at, value, site), data, at, [4, 0, 8, 3, 1, 7])


@pytest.mark.parametrize("site", ["recurrent", "output"])
@pytest.mark.parametrize("value", ["zero", -1.5, "each"])
@pytest.mark.parametrize("where", WHERE)
def test_language_model_masked_at_words__equals_the_masked_loop(language_model, site, value, where):
    data = sentences(seed=22)
    at = words_at(data, where)
    mask = mask_at(language_model, at, value, site, LM_CHOSEN)
    check_language_model(language_model, mask, data, at, [4, 0, 8, 3, 1, 7])


@st.composite
def batches(draw):
    """Sentences of any lengths, in any order, with any words chosen; any neurons, at least one."""
    lengths = draw(st.lists(st.integers(1, 6), min_size=1, max_size=5))
    data = [[*draw(st.lists(st.integers(4, 33), min_size=n - 1, max_size=n - 1)), 2] for n in lengths]
    at = [draw(st.lists(st.booleans(), min_size=n, max_size=n)) for n in lengths]
    neurons = draw(st.sets(st.integers(0, 31), min_size=1))
    return data, at, draw(st.permutations(range(len(data)))), sorted(neurons)


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=batches(), site=st.sampled_from(["recurrent", "output"]), value=st.floats(-2, 2, width=32))
def test_any_words_of_any_batch__equal_the_masked_loop(name, request, drawn, site, value):
    model = request.getfixturevalue(name)
    data, at, ids, neurons = drawn
    if name == "language_model":
        mask = mask_at(model, at, value, site, [i % 16 for i in neurons])
        check_language_model(model, mask, data, at, ids)
    else:
        check_encoder(name, model, mask_at(model, at, value, site, neurons), data, at, ids)


@pytest.mark.parametrize("name", ENCODERS)
def test_sentences_sorted_by_length__are_masked_like_others(name, request):
    """fairseq's batches come sorted, and then nothing is permuted on the way."""
    model = request.getfixturevalue(name)
    data = sorted(sentences(seed=23), key=len, reverse=True)
    at = words_at(data, "several")
    check_encoder(name, model, mask_at(model, at), data, at, list(range(len(data))))


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_all_words_at_zero__is_the_mask_of_whole_sentences(name, site, request):
    model = request.getfixturevalue(name)
    data = sentences(seed=24)
    everywhere = mask_at(model, [[True] * len(s) for s in data], 0.0, site, LM_CHOSEN)
    whole = Mask.of(neurons_of(model), np.array(LM_CHOSEN), 0.0, site)
    sample = sample_of(data, left_pad=name != "language_model")
    found = []
    for mask in (everywhere, whole):
        with masked(model, mask):
            found.append(read(model, sample))
    if name != "language_model":  # whose scores of padding mean nothing
        for outputs, expected in zip(found[0][0], found[1][0]):
            np.testing.assert_allclose(outputs, expected, atol=TOLERANCE)
    np.testing.assert_allclose(np.vstack(found[0][1]), np.vstack(found[1][1]), atol=TOLERANCE)


def test_all_words_at_a_number__differ_from_whole_sentences_by_what_holds_before_the_first(language_model):
    data = sentences(seed=25)
    everywhere = mask_at(language_model, [[True] * len(s) for s in data], 0.75, chosen=[1])
    sample = sample_of(data, left_pad=False)
    with masked(language_model, everywhere):
        _, chosen = read(language_model, sample)
    with masked(language_model, Mask.of(neurons_of(language_model), np.array([1]), 0.75)):
        _, whole = read(language_model, sample)
    assert abs(chosen[0][0] - whole[0][0]).max() > 1e-3
    for states in (chosen, whole):
        assert all((of_sentence[:, 1] == 0.75).all() for of_sentence in states)


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
def test_batch_without_chosen_words__is_the_stock_output_bit_for_bit(name, request):
    model = request.getfixturevalue(name)
    data = sentences(seed=26)
    at = words_at(data, "several")
    sample = sample_of(data, [0, 3, 6], left_pad=name != "language_model")
    expected, _ = read(model, sample)
    with masked(model, mask_at(model, at, chosen=LM_CHOSEN)):
        found, _ = read(model, sample)
        other, _ = read(model, sample_of(data, [1, 4, 7], left_pad=name != "language_model"))
    assert torch.equal(found[0], expected[0])
    assert other[0].shape[-1] == expected[0].shape[-1]


@pytest.mark.parametrize("name", ["separate", "joint", "language_model"])
@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_word_mask__changes_no_parameter_and_leaves_nothing_behind(name, site, request):
    model, data = request.getfixturevalue(name), sentences(seed=31)
    sample = sample_of(data, left_pad=name != "language_model")
    before, expected = copy.deepcopy(model.state_dict()), read(model, sample)[0][0]
    attributes = [set(vars(module)) for module in model.modules()]
    victim = [module for module in model.modules() if isinstance(module, torch.nn.LSTM)][-1]

    def fail(*_args):
        raise RuntimeError("in the middle")

    hook = victim.register_forward_pre_hook(fail)
    mask = mask_at(model, words_at(data, "several"), site=site, chosen=LM_CHOSEN)
    with pytest.raises(RuntimeError, match="in the middle"), masked(model, mask):
        read(model, sample)
    hook.remove()
    with masked(model, mask):
        assert not torch.equal(read(model, sample)[0][0], expected)
    assert torch.equal(read(model, sample)[0][0], expected)
    assert [set(vars(module)) for module in model.modules()] == attributes
    assert all(torch.equal(model.state_dict()[key], value) for key, value in before.items())


def test_gradients__flow_around_the_masked_steps(separate):
    data = [[5, 6, 7, 2]]
    embedded = separate.encoder.embed_tokens.weight
    for at, flows in (([True] * 4, False), ([True, False, True, True], True)):
        separate.zero_grad()
        # With every unit of the lower layer masked, nothing else reaches the upper one from the words.
        with masked(separate, mask_at(separate, [at], chosen=list(range(16)))):
            sample = sample_of(data)
            note_batch(separate, sample)
            separate.encoder(*sample["net_input"].values())[0].sum().backward()
        assert bool(embedded.grad.abs().max() > 0) == flows
