"""What is dumped is what a hand-written forward pass of the same weights computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin import recorded
from tests import reference
from tests.plugin.conftest import batch, sentences

TOLERANCE = 1e-5
ENCODERS = {"separate": reference.separate_encoder, "joint": reference.joint_encoder}


@pytest.mark.parametrize("name", ENCODERS)
@pytest.mark.parametrize("size", [1, 2, 9])
def test_encoder_states__equal_the_literal_pass_in_any_batch_and_order(name, size, request):
    model = request.getfixturevalue(name)
    data = sentences(seed=size)
    with recorded(model) as recorder, torch.no_grad():
        for start in range(0, len(data), size):
            tokens, lengths = batch(data[start : start + size])
            model.encoder(tokens, lengths)
            states = np.split(recorder.take(lengths), np.cumsum(lengths)[:-1])
            for sentence, rows in zip(data[start : start + size], states):
                expected = ENCODERS[name](model.encoder, sentence)[0]
                np.testing.assert_allclose(rows, expected, atol=TOLERANCE)


@pytest.mark.parametrize("name", ENCODERS)
def test_encoder_output__equals_the_literal_pass(name, request):
    model = request.getfixturevalue(name)
    data = sentences(seed=5)
    with torch.no_grad():
        outputs, h, c, padding = model.encoder(*batch(data))
    for i, sentence in enumerate(data):
        _, expected, expected_h, expected_c = ENCODERS[name](model.encoder, sentence)
        np.testing.assert_allclose(outputs[: len(sentence), i], expected, atol=TOLERANCE)
        np.testing.assert_allclose(h[:, i], expected_h, atol=TOLERANCE)
        np.testing.assert_allclose(c[:, i], expected_c, atol=TOLERANCE)
        assert padding[:, i].tolist() == [False] * len(sentence) + [True] * (len(padding) - len(sentence))


def test_language_model_states__equal_the_literal_pass(language_model):
    data = sentences(seed=7)
    tokens, lengths = batch(data, left_pad=False)
    with recorded(language_model) as recorder, torch.no_grad():
        scores, _ = language_model(tokens, src_lengths=lengths)
        states = np.split(recorder.take(lengths), np.cumsum(lengths)[:-1])
    for i, (sentence, rows) in enumerate(zip(data, states)):
        expected, expected_scores = reference.language_model(language_model.decoder, sentence)
        np.testing.assert_allclose(rows, expected, atol=TOLERANCE)
        np.testing.assert_allclose(scores[i, : len(sentence)], expected_scores, atol=TOLERANCE)


def test_columns__are_layer_by_layer_forward_before_backward(separate):
    from fairseq_neurons.plugin import neurons_of

    assert [block.name for block in neurons_of(separate).blocks] == [
        "encoder.0.fwd",
        "encoder.0.bwd",
        "encoder.1.fwd",
        "encoder.1.bwd",
    ]


def test_recorder__leaves_no_hook_behind_even_after_an_exception(joint):
    with pytest.raises(RuntimeError, match="on purpose"), recorded(joint):
        raise RuntimeError("on purpose")
    assert not any(module._forward_hooks for module in joint.modules())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_states_that_are_not_finite__are_an_error_where_they_are_made(joint, value):
    with torch.no_grad():
        joint.encoder.embed_tokens.weight[5] = value
    tokens, lengths = batch([[4, 2], [5, 2]])
    with recorded(joint) as recorder, torch.no_grad():
        joint.encoder(tokens, lengths)
        with pytest.raises(InputError, match=r"NaN or infinite states in \d+ neurons, such as encoder\.0\.fwd\."):
            recorder.take(lengths)


def test_large_states__are_recorded_although_their_sum_is_infinite(joint):
    with recorded(joint) as recorder:
        recorder._check_finite(np.full((2, 3), 3e38, np.float32))
