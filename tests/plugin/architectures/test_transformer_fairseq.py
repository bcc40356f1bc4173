"""States and masks of fairseq's transformers are those of a forward pass that is written out."""

from __future__ import annotations

import copy
from contextlib import nullcontext

import numpy as np
import pytest
import torch
from fairseq.models.nat import NATransformerModel
from fairseq.sequence_generator import SequenceGenerator

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.plugin import masked, recorded
from fairseq_neurons.plugin.architectures import adapter_for
from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.layer_memory import LayerMemory
from fairseq_neurons.plugin.masking import note_batch
from tests.plugin import transformers
from tests.plugin.architectures.transformer_twin import Twin, masks_of
from tests.plugin.conftest import batch, sentences
from tests.plugin.transformers import language_model

TOLERANCE = 1e-5
PRE_NORM = {"encoder_normalize_before": True, "decoder_normalize_before": True}
VARIANTS = {
    "post-norm": {},
    "pre-norm": PRE_NORM,
    "learned": {"encoder_learned_pos": True, "decoder_learned_pos": True, "layernorm_embedding": True},
    "shared": {**PRE_NORM, "share_all_embeddings": True, "encoder_layerdrop": 0.3, "decoder_layerdrop": 0.3},
}


def transformer(dictionary, **options):
    return transformers.transformer(dictionary, scale=0.4, **options)


def sample_of(data, targets, left_pad=True) -> dict:
    tokens, lengths = batch(data, left_pad)
    previous, _ = batch([[2, *line[:-1]] for line in targets], left_pad=False)
    target, _ = batch(targets, left_pad=False)
    net_input = {"src_tokens": tokens, "src_lengths": lengths, "prev_output_tokens": previous}
    return {"id": torch.arange(len(data)), "net_input": net_input, "target": target}


def literal(model, source, target, masks=None, places=None) -> tuple[dict, np.ndarray]:
    """The states of all blocks by name, and the log-probabilities (S, V) of each target word."""
    encoder, decoder = Twin(model.encoder, "encoder", masks, places), Twin(model.decoder, "decoder", masks)
    features = decoder.read([2, *target[:-1]], encoder.read(source))
    weight, bias = model.decoder.output_projection.weight, model.decoder.output_projection.bias
    scores = features @ weight.detach().double().numpy().T + (0 if bias is None else bias.detach().double().numpy())
    scores -= scores.max(axis=1, keepdims=True)
    return {**encoder.states, **decoder.states}, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def recorded_states(model, sample, pattern) -> list[np.ndarray]:
    adapter = adapter_for(model)
    neurons = adapter.states(pattern)
    run = adapter.read if adapter.side_of(neurons) == "source" else adapter.read_target
    with recorded(model, neurons) as recorder, torch.no_grad():
        run(sample["net_input"])
        return recorder.take_sentences(sample)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("size", "left_pad"), [(1, True), (4, True), (4, False)])
def test_states_of_every_part__equal_the_literal_pass(variant, size, left_pad, dictionary):
    model, data, targets = transformer(dictionary, **VARIANTS[variant]), sentences(seed=81), sentences(seed=82)
    for pattern in ("encoder.*", "decoder.*"):
        neurons = adapter_for(model).states(pattern)
        for start in range(0, len(data), size):
            within = slice(start, start + size)
            states = recorded_states(model, sample_of(data[within], targets[within], left_pad), pattern)
            for rows, source, target in zip(states, data[within], targets[within], strict=True):
                found, _ = literal(model, source, target)
                expected = np.hstack([found[block.name] for block in neurons.blocks])
                np.testing.assert_allclose(rows, expected, atol=TOLERANCE)


@pytest.mark.parametrize("normalize_before", [False, True])
def test_states_of_a_language_model__equal_the_literal_pass(normalize_before, dictionary):
    model, data = language_model(dictionary, normalize_before), sentences(seed=83)
    tokens, lengths = batch(data, left_pad=False)
    sample = {"net_input": {"src_tokens": tokens, "src_lengths": lengths}}
    neurons = adapter_for(model).states("*")
    assert not any(block.part == "cross" for block in neurons.blocks)
    for rows, sentence in zip(recorded_states(model, sample, "*"), data, strict=True):
        twin = Twin(model.decoder, "decoder")
        twin.read(sentence)
        expected = np.hstack([twin.states[block.name] for block in neurons.blocks])
        np.testing.assert_allclose(rows, expected, atol=TOLERANCE)


def a_mask(model, patterns: str, value: float | str = 0.5, seed: int = 0, site: str = "auto") -> Mask:
    """A third of the neurons of some blocks."""
    neurons = adapter_for(model).all_neurons.states(patterns)
    chosen = np.random.default_rng(seed).permutation(len(neurons))[: len(neurons) // 3]
    return Mask.of(neurons, chosen, value, site)


@pytest.mark.parametrize("variant", ["post-norm", "pre-norm"])
@pytest.mark.parametrize("part", ["encoder.0.in", "*.heads", "*.cross", "*.ffn", "*.out", "decoder.0.in", "*"])
def test_masked_model__is_the_masked_literal_pass(variant, part, dictionary):
    model, data, targets = transformer(dictionary, **VARIANTS[variant]), sentences(seed=84), sentences(seed=85)
    mask, sample = a_mask(model, part), sample_of(data, targets)
    with masked(model, mask), torch.no_grad():
        log_probs = adapter_for(model).log_probs(sample)
        sides = ["encoder.*", "decoder.*"]
        states = {side: recorded_states(model, sample, side) for side in sides}
    for i, (source, target) in enumerate(zip(data, targets, strict=True)):
        found, expected = literal(model, source, target, masks_of(mask))
        np.testing.assert_allclose(
            log_probs[i, : len(target)], expected[np.arange(len(target)), target], atol=10 * TOLERANCE
        )
        for side in sides:
            blocks = adapter_for(model).states(side).blocks
            np.testing.assert_allclose(
                states[side][i], np.hstack([found[block.name] for block in blocks]), atol=TOLERANCE
            )


@pytest.mark.parametrize("generator_class", [SequenceGenerator, SharedStatesGenerator])
@pytest.mark.parametrize("part", ["encoder.*", "decoder.0.in", "decoder.*.heads", "*.cross", "decoder.*.ffn", "*.out"])
def test_search__sees_the_masks_of_the_forced_pass(generator_class, part, dictionary):
    model, data = transformer(dictionary, **PRE_NORM), sentences(seed=86, count=4)
    generator = generator_class([model], dictionary, beam_size=3, max_len_b=12)
    tokens, lengths = batch(data)
    sample = {"id": torch.arange(4), "net_input": {"src_tokens": tokens, "src_lengths": lengths}}
    with masked(model, a_mask(model, part)), torch.no_grad():
        best = [found[0] for found in generator.generate([model], sample)]
        forced = adapter_for(model).log_probs(sample_of(data, [h["tokens"].tolist() for h in best]))
    for hypothesis, log_probs in zip(best, forced, strict=True):
        length = len(hypothesis["tokens"])
        np.testing.assert_allclose(hypothesis["positional_scores"], log_probs[:length], atol=TOLERANCE)


def columns_at_zero(part: str):
    """Which projection's columns are 0 if units of a part are."""
    names = {"ffn": "fc2", "heads": "self_attn.out_proj", "cross": "encoder_attn.out_proj"}
    return lambda layer: layer.get_submodule(names[part]).weight


@pytest.mark.parametrize("part", ["ffn", "heads", "cross"])
@pytest.mark.parametrize("module", ["encoder", "decoder"])
def test_units_at_zero__are_columns_at_zero(module, part, dictionary):
    if (module, part) == ("encoder", "cross"):
        pytest.skip("an encoder attends to itself alone")
    model, data = transformer(dictionary), sentences(seed=87)
    operated = copy.deepcopy(model)
    mask = a_mask(model, f"{module}.*.{part}", "zero")
    with torch.no_grad():
        for name, (units, _) in masks_of(mask).items():
            columns_at_zero(part)(getattr(operated, module).layers[int(name.split(".")[1])])[:, units] = 0.0
    assert searched(operated, dictionary, data) == searched(model, dictionary, data, mask)
    assert searched(operated, dictionary, data) != searched(model, dictionary, data)


def searched(model, dictionary, data, mask=None) -> list[list[int]]:
    """The n-best lists of fairseq's search, under a mask if there is one."""
    generator = SequenceGenerator([model], dictionary, beam_size=3, max_len_b=12)
    tokens, lengths = batch(data)
    sample = {"id": torch.arange(len(data)), "net_input": {"src_tokens": tokens, "src_lengths": lengths}}
    with torch.no_grad(), nullcontext() if mask is None else masked(model, mask):
        return [h["tokens"].tolist() for found in generator.generate([model], sample) for h in found]


class Rewritten(torch.nn.Module):
    """A layer whose output has units at a constant, and whose other behaviour is its own."""

    def __init__(self, layer, units, values) -> None:
        super().__init__()
        self.layer, self.units, self.values = layer, torch.tensor(units), torch.tensor(values, dtype=torch.float32)
        self.self_attn = layer.self_attn

    def forward(self, *args, **kwargs):
        output = self.layer(*args, **kwargs)
        if isinstance(output, tuple):
            return (torch.where(self.units, self.values, output[0]), *output[1:])
        return torch.where(self.units, self.values, output)


def test_masked_outputs__are_those_of_a_rewritten_layer(dictionary):
    model, data = transformer(dictionary), sentences(seed=88)
    mask, operated = a_mask(model, "*.out", -0.7), copy.deepcopy(model)
    for name, (units, values) in masks_of(mask).items():
        module, layer, _ = name.split(".")
        layers = getattr(operated, module).layers
        layers[int(layer)] = Rewritten(layers[int(layer)], units, values)
    assert searched(model, dictionary, data, mask) == searched(operated, dictionary, data)


@pytest.mark.parametrize("part", ["in", "heads", "ffn", "out"])
def test_mask_at_chosen_words__holds_there_alone(part, dictionary):
    model, data = transformer(dictionary), sentences(seed=89)
    places = [[t % 2 == 1 for t in range(len(s))] if i % 3 else [False] * len(s) for i, s in enumerate(data)]
    mask = a_mask(model, f"encoder.*.{part}")
    at = Mask(mask.neurons, mask.indices, mask.values, words=ChosenWords.of([np.array(p) for p in places]))
    sample, blocks = sample_of(data, data), adapter_for(model).states("encoder.*").blocks
    with masked(model, at):
        note_batch(model, sample)
        states = recorded_states(model, sample, "encoder.*")
    for rows, sentence, chosen in zip(states, data, places, strict=True):
        found, _ = literal(model, sentence, sentence, masks_of(mask), chosen)
        np.testing.assert_allclose(rows, np.hstack([found[block.name] for block in blocks]), atol=TOLERANCE)


def test_mask_at_chosen_words__is_refused_where_the_target_is_read(dictionary):
    model = transformer(dictionary)
    mask = a_mask(model, "decoder.1.ffn")
    at = Mask(mask.neurons, mask.indices, mask.values, words=ChosenWords.of([np.array([True])]))
    sentence = "Words of the source are chosen, but decoder.1.ffn reads the target"
    with pytest.raises(InputError, match=sentence), masked(model, at):
        pass


def test_sites__are_those_of_a_transformer(dictionary):
    model = transformer(dictionary)
    adapter = adapter_for(model)
    assert a_mask(model, "*").site == "output"
    assert [layer.name for layer in adapter.layers if "context" in layer.sites] == ["encoder.1.out"]
    sentence, mask = "no mask site 'recurrent'; its sites are output and context", a_mask(model, "*", site="recurrent")
    with pytest.raises(InputError, match=sentence), masked(model, mask):
        pass
    data = sentences(seed=90)
    context, output = (a_mask(model, "encoder.1.out", site=site) for site in ("context", "output"))
    assert searched(model, dictionary, data, context) == searched(model, dictionary, data, output)


def test_names__are_of_blocks_in_column_order_and_of_heads(dictionary):
    adapter = adapter_for(transformer(dictionary))
    assert adapter.neurons.summary == "encoder.0-1.out"
    assert [block.name for block in adapter.all_neurons.blocks][:7] == [
        *(f"encoder.0.{part}" for part in ("in", "heads", "ffn", "out")),
        *(f"encoder.1.{part}" for part in ("heads", "ffn", "out")),
    ]
    assert adapter.states("decoder.1.*").summary == "decoder.1.heads, decoder.1.cross, decoder.1.ffn, decoder.1.out"
    heads = next(layer for layer in adapter.layers if layer.name == "encoder.1.heads")
    assert heads.groups == {"encoder.1.heads.h0": range(4), "encoder.1.heads.h1": range(4, 8)}
    with pytest.raises(InputError, match="either states at source words or states at target words, not both"):
        adapter.states("*.ffn")


@pytest.mark.parametrize("patterns", ["encoder.*", "decoder.*"])
def test_nothing_is_left__after_an_exception(patterns, dictionary):
    model = transformer(dictionary)
    before = [sorted(vars(module)) for module in model.modules()]
    neurons = adapter_for(model).states(patterns)
    with pytest.raises(ZeroDivisionError), masked(model, a_mask(model, patterns)), recorded(model, neurons):
        raise ZeroDivisionError
    for module, attributes in zip(model.modules(), before, strict=True):
        assert not module._forward_hooks and not module._forward_pre_hooks and sorted(vars(module)) == attributes


def test_recorder_that_ends_first__leaves_the_mask_in_place(dictionary):
    model, sample = transformer(dictionary), sample_of(sentences(seed=91), sentences(seed=92))
    adapter, mask = adapter_for(model), a_mask(model, "encoder.*.heads")
    with masked(model, mask), torch.no_grad():
        expected = adapter.log_probs(sample)
    recorder = recorded(model, adapter.states("encoder.*.heads"))
    recorder.__enter__()
    with masked(model, mask), torch.no_grad():
        recorder.__exit__(None, None, None)
        assert torch.equal(adapter.log_probs(sample), expected)


def test_log_probs__are_those_of_the_model_also_with_adaptive_softmax(dictionary):
    model, data = language_model(dictionary, adaptive_softmax_cutoff="10,20"), sentences(seed=93)
    read, _ = batch([[2, *line[:-1]] for line in data], left_pad=False)
    target, lengths = batch(data, left_pad=False)
    found = adapter_for(model).log_probs({"net_input": {"src_tokens": read, "src_lengths": lengths}, "target": target})
    for i, line in enumerate(data):
        features, _ = model.decoder.extract_features(read[i : i + 1, : len(line)], None)
        every = model.decoder.adaptive_softmax.get_log_prob(features, None)[0]  # (S, V)
        expected = every[torch.arange(len(line)), torch.tensor(line)].detach()
        np.testing.assert_allclose(found[i, : len(line)], expected, atol=TOLERANCE)


@pytest.mark.parametrize("patterns", ["encoder.*", "decoder.*"])
def test_models_in_half_precision__are_recorded_as_float32(patterns, dictionary):
    model, sample = transformer(dictionary, **PRE_NORM), sample_of(sentences(seed=96), sentences(seed=97))
    expected = recorded_states(model, sample, patterns)
    with masked(model.half(), a_mask(model, patterns, 0.5)):
        held = np.concatenate(recorded_states(model, sample, patterns))
    for whole, half in zip(expected, recorded_states(model, sample, patterns), strict=True):
        assert half.dtype == np.float32
        np.testing.assert_allclose(half, whole, atol=0.05)
    assert held.dtype == np.float32 and (held == 0.5).any(axis=0).sum() >= held.shape[1] // 3
    assert torch.isfinite(adapter_for(model).log_probs(sample)).all()


@pytest.mark.parametrize(
    ("patterns", "remembered"),
    [("decoder.*", ["encoder.0.out", "encoder.1.out"]), ("encoder.1.ffn", ["encoder.0.out"]), ("encoder.0.in", [])],
)
def test_memory__has_the_layers_below_a_mask(patterns, remembered, dictionary):
    model, sample = transformer(dictionary), sample_of(sentences(seed=94), sentences(seed=95))
    memory, mask, log_probs = LayerMemory(model), a_mask(model, patterns), adapter_for(model).log_probs
    with memory.remembering(0):
        log_probs(sample)
    assert {name for _, name in memory._kept} == {"encoder.0.out", "encoder.1.out"}
    with masked(model, mask):
        expected = log_probs(sample)
        with memory.remembering(0):
            assert torch.equal(log_probs(sample), expected)
        untouched = [
            layer.name for layer in memory._untouched() if layer.side == "source" and layer.blocks[0].part == "out"
        ]
    assert untouched == remembered


def test_classes_that_fairseq_derives__are_refused_naming_what_works():
    with pytest.raises(InputError, match="NATransformerModel has no neurons .*: use .*transformer, .*transformer_lm"):
        adapter_for(object.__new__(NATransformerModel))
