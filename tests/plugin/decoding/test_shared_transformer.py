"""The fast search of a transformer is fairseq's, hypothesis by hypothesis."""

from __future__ import annotations

import pytest
import torch
from fairseq import search
from fairseq.data import Dictionary

from fairseq_neurons.plugin.decoding.shared_transformer import unsupported_in
from tests.plugin.conftest import sentences
from tests.plugin.same_search import OPTIONS, assert_same_search, dictionary_of
from tests.plugin.transformers import transformer

PRE_NORM = {"encoder_normalize_before": True, "decoder_normalize_before": True}


@pytest.fixture(scope="module")
def large() -> Dictionary:
    """Enough words for several chunks, and no whole number of them."""
    return dictionary_of(301)


@pytest.mark.parametrize(
    ("options", "beam"),
    [
        ({}, 1),
        ({}, 5),
        (PRE_NORM, 1),
        (PRE_NORM, 2),
        (PRE_NORM, 5),
        ({"decoder_normalize_before": True, "no_decoder_final_norm": True}, 5),
        ({"encoder_learned_pos": True, "decoder_learned_pos": True}, 5),
        ({"no_token_positional_embeddings": True, "no_scale_embedding": True}, 5),
        ({"layernorm_embedding": True, "activation_fn": "gelu"}, 5),
        ({"share_all_embeddings": True}, 5),
        ({"share_decoder_input_output_embed": True}, 5),
        ({"no_cross_attention": True}, 5),
        ({"encoder_embed_dim": 12, "encoder_attention_heads": 3, "decoder_layers": 3, "decoder_attention_heads": 4}, 5),
    ],
    ids=lambda options: "-".join(options) or "plain" if isinstance(options, dict) else str(options),
)
def test_search__finds_the_n_best_of_fairseq(options, beam, large):
    model = transformer(large, **options)
    found = assert_same_search(model, large, sentences(seed=51), beam_size=beam)
    assert all(len(hypotheses) == beam for hypotheses in found)
    if options == PRE_NORM:
        assert len({len(h["tokens"]) for hypotheses in found for h in hypotheses}) > 2


@pytest.mark.parametrize(
    "options",
    [
        *OPTIONS,
        {"max_len_b": 36},
        {"strategy": lambda words: search.DiverseBeamSearch(words, 2, 0.5)},
        {"strategy": lambda words: search.Sampling(words, sampling_topk=5)},
    ],
    ids=lambda options: next(iter(options)),
)
def test_search__takes_every_option_as_fairseq_does(options, large):
    assert_same_search(transformer(large, **PRE_NORM), large, sentences(seed=53), beam_size=4, **options)


@pytest.mark.parametrize("prefix", [[[5, 6], [7, 1], [1, 1]], [[5, 2], [7, 8], [9, 1]]])
def test_prefix_tokens__begin_the_hypotheses(prefix, large):
    data = sentences(seed=36, count=3)
    found = assert_same_search(transformer(large, ends=False), large, data, prefix=torch.tensor(prefix), beam_size=4)
    for wanted, hypotheses in zip(prefix, found, strict=True):
        wanted = [token for token in wanted if token != 1]
        assert hypotheses[0]["tokens"].tolist()[: len(wanted)] == wanted


def test_layers__see_their_inputs_and_outputs_as_in_fairseqs_decoding(large):
    """Hooks on a layer, on ``fc2`` and on both ``out_proj`` change both searches alike."""
    model = transformer(large, **PRE_NORM)
    layer = model.decoder.layers[0]
    free = assert_same_search(model, large, sentences(seed=54), beam_size=3)
    zero = torch.ones(8).index_fill(0, torch.tensor([1, 6]), 0.0)
    hooks = [
        layer.fc2.register_forward_pre_hook(lambda module, inputs: (inputs[0] * torch.cat([zero, zero[:4]]),)),
        layer.self_attn.out_proj.register_forward_pre_hook(lambda module, inputs: (inputs[0] * zero,)),
        layer.encoder_attn.out_proj.register_forward_pre_hook(lambda module, inputs: (inputs[0] * zero,)),
        layer.register_forward_pre_hook(lambda module, inputs: (inputs[0] * zero, *inputs[1:])),
        model.decoder.layers[1].register_forward_hook(lambda module, inputs, out: (out[0] * zero, *out[1:])),
    ]
    for hook in hooks:
        masked = assert_same_search(model, large, sentences(seed=54), beam_size=3)
        assert [h[0]["tokens"].tolist() for h in masked] != [h[0]["tokens"].tolist() for h in free]
        hook.remove()
    assert not any("forward" in vars(module) for module in model.modules())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"adaptive_softmax_cutoff": [10, 20]}, "adaptive softmax"),
        ({"cross_self_attention": True}, "layers of another kind"),
        ({"checkpoint_activations": True}, "layers of another kind"),
    ],
    ids=["adaptive softmax", "cross self-attention", "checkpointed activations"],
)
def test_what_it_does_not_compute__is_named(change, what, large):
    assert unsupported_in(transformer(large).decoder) == ""
    assert unsupported_in(transformer(large, ends=False, **change).decoder) == what


def test_what_is_changed_after_training__is_named(large):
    model = transformer(large)
    model.decoder.layers[1].dropout_module.apply_during_inference = True
    assert unsupported_in(model.decoder) == "dropout that stays on"
    assert unsupported_in(transformer(large).half().decoder) == "weights that are not float32"

    class OtherDecoder(type(model.decoder)):
        pass

    model.decoder.__class__ = OtherDecoder
    assert unsupported_in(model.decoder) == "a OtherDecoder"
