"""fairseq's own ``lstm`` and ``lstm_lm``: their neurons, our search over them and their log-probabilities."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of
from fairseq_neurons.plugin.architectures import adapter_for
from tests.plugin.architectures.stock_lstms import language_model, translation_model
from tests.plugin.conftest import batch, sentences
from tests.plugin.same_search import assert_same_search, that_ends, with_targets

ADAPTIVE = {"criterion": "adaptive_loss", "adaptive_softmax_cutoff": "10,20"}
VARIANTS = {
    "one direction": {"bidirectional": False},
    "deep": {"layers": 3, "decoder_hidden_size": 11},
    "tied": {"decoder_embed_dim": 8, "share_decoder_input_output_embed": True},
    "all tied": {"encoder_embed_dim": 8, "decoder_embed_dim": 8, "share_all_embeddings": True},
}
LEFT_TO_FAIRSEQ = {"adaptive": ADAPTIVE, "no attention": {"decoder_attention": "0"}}


def by_length(seed: int) -> list[list[int]]:
    return sorted(sentences(seed), key=len, reverse=True)


def test_neurons__are_all_layers_and_directions(dictionary):
    blocks = neurons_of(translation_model(dictionary)).blocks
    names = ["encoder.0.fwd", "encoder.0.bwd", "encoder.1.fwd", "encoder.1.bwd"]
    assert [block.name for block in blocks] == names
    one = neurons_of(translation_model(dictionary, layers=3, bidirectional=False)).blocks
    assert [block.name for block in one] == ["encoder.0.fwd", "encoder.1.fwd", "encoder.2.fwd"]
    assert [block.name for block in neurons_of(language_model(dictionary)).blocks] == ["decoder.0.fwd", "decoder.1.fwd"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_our_search__finds_the_n_best_of_fairseq(variant, dictionary):
    model = translation_model(dictionary, **VARIANTS[variant])
    model = that_ends(model) if hasattr(model.decoder, "fc_out") else model
    assert adapter_for(model).step_decoder() is not None
    free = assert_same_search(model, dictionary, by_length(31), beam_size=4)
    with masked(model, Mask.of(neurons_of(model), np.arange(0, 8, 2), 0.8)):
        ablated = assert_same_search(model, dictionary, by_length(31), beam_size=4)
    assert any(a[0]["tokens"].tolist() != b[0]["tokens"].tolist() for a, b in zip(free, ablated, strict=True))


@pytest.mark.parametrize("variant", LEFT_TO_FAIRSEQ)
def test_other_decoders__are_searched_by_fairseq(variant, dictionary):
    model = translation_model(dictionary, **LEFT_TO_FAIRSEQ[variant])
    assert adapter_for(model).step_decoder() is None
    assert_same_search(model, dictionary, by_length(32), beam_size=3)


def sorted_targets(seed: int) -> dict:
    sample, _ = with_targets(seed)
    sample["net_input"]["src_lengths"], order = sample["net_input"]["src_lengths"].sort(descending=True)
    for name in ("src_tokens", "prev_output_tokens"):
        sample["net_input"][name] = sample["net_input"][name][order]
    return {**sample, "target": sample["target"][order]}


def expected_log_probs(model, sample: dict) -> torch.Tensor:
    with torch.no_grad():
        output = model(**sample["net_input"])
        log_probs = model.get_normalized_probs(output, log_probs=True, sample=sample)
    return log_probs.double().gather(2, sample["target"][:, :, None]).squeeze(2)


@pytest.mark.parametrize("variant", {**VARIANTS, **LEFT_TO_FAIRSEQ})
def test_log_probs__are_those_of_the_forward_pass(variant, dictionary):
    model = translation_model(dictionary, **{**VARIANTS, **LEFT_TO_FAIRSEQ}[variant])
    sample = sorted_targets(41)
    words = sample["target"].ne(1)
    found = adapter_for(model).log_probs(sample)
    torch.testing.assert_close(found[words], expected_log_probs(model, sample)[words], atol=1e-5, rtol=1e-5)


def test_log_probs__refuse_dropout_that_stays_on(dictionary):
    model = translation_model(dictionary)
    model.decoder.dropout_in_module.apply_during_inference = True
    with pytest.raises(InputError, match="dropout"):
        adapter_for(model).log_probs(sorted_targets(42))


PREDICTED = {"plain": {}, "adaptive": ADAPTIVE, "projected": {"decoder_out_embed_dim": 5}}


@pytest.mark.parametrize("variant", PREDICTED)
@pytest.mark.parametrize("value", [None, 0.7])
def test_log_probs_of_a_language_model__are_those_of_its_forward_pass(variant, value, dictionary):
    model = language_model(dictionary, **PREDICTED[variant])
    tokens, lengths = batch([[2, *s] for s in sentences(43)], left_pad=False)
    previous, target = tokens[:, :-1], tokens[:, 1:].contiguous()
    sample = {"net_input": {"src_tokens": previous, "src_lengths": lengths - 1}, "target": target}
    words = target.ne(1)
    free = expected_log_probs(model, sample)[words]
    with masked(model, Mask.of(neurons_of(model), np.array([] if value is None else [1, 9]), value or 0.0)):
        found, expected = adapter_for(model).log_probs(sample)[words], expected_log_probs(model, sample)[words]
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    assert torch.allclose(found, free, atol=1e-5) == (value is None)
