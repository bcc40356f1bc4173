"""Forced decoding is fairseq's forward pass."""

from __future__ import annotations

import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.decoding import forced_log_probs, predicted_log_probs
from tests.plugin.conftest import batch, build, sentences
from tests.plugin.same_search import MODELS, dictionary_of, with_targets


@pytest.mark.parametrize("name", MODELS)
def test_forced_decoding__is_the_forward_pass(name):
    model = build(MODELS[name], dictionary_of(1001))
    sample, target = with_targets(41)
    with torch.no_grad():
        log_probs = model.get_normalized_probs(model(**sample["net_input"]), log_probs=True)
    expected = log_probs.double().gather(2, target[:, :, None]).squeeze(2).masked_fill(target.eq(1), 0.0)
    torch.testing.assert_close(forced_log_probs(model, sample), expected, atol=1e-5, rtol=1e-5)


def test_forced_decoding__refuses_what_it_cannot_repeat(joint):
    joint.decoder.dropout_in_module.apply_during_inference = True
    with pytest.raises(InputError, match="dropout"):
        forced_log_probs(joint, with_targets(42)[0])


def test_a_language_models_predictions__are_its_forward_pass(language_model):
    tokens, lengths = batch([[2, *s] for s in sentences(seed=43)], left_pad=False)
    sample = {"net_input": {"src_tokens": tokens[:, :-1], "src_lengths": lengths - 1}, "target": tokens[:, 1:]}
    with torch.no_grad():
        log_probs = language_model.get_normalized_probs(language_model(tokens[:, :-1]), log_probs=True)
    expected = log_probs.double().gather(2, tokens[:, 1:, None]).squeeze(2).masked_fill(tokens[:, 1:].eq(1), 0.0)
    torch.testing.assert_close(predicted_log_probs(language_model, sample), expected, atol=1e-5, rtol=1e-5)
