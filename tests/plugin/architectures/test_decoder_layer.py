"""Decoder neurons of translation LSTMs, ours and fairseq's: recorded at target words, masked in passes and searches."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest
import torch
from fairseq.sequence_generator import SequenceGenerator

from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.plugin import masked, recorded
from fairseq_neurons.plugin.architectures import adapter_for
from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.masking import note_batch
from tests.plugin.architectures.stock_lstms import decoder_twin, language_model, translation_model
from tests.plugin.conftest import batch, build, sentences
from tests.plugin.masked_words import sample_of as words_sample
from tests.plugin.masked_words import words_at
from tests.plugin.same_search import MODELS, assert_same_search, sample_of, that_ends
from tests.reference import MaskedColumns

TOLERANCE = 1e-5
BUILDERS = {
    "separate": lambda words: build(MODELS["separate"], words),
    "joint": lambda words: build(MODELS["joint"], words),
    "stock": lambda words: translation_model(words),
    "no attention": lambda words: translation_model(words, decoder_attention="0"),
}


@pytest.fixture(params=BUILDERS)
def model(request, dictionary):
    return BUILDERS[request.param](dictionary)


def forced(source: list[list[int]], targets: list[list[int]], left_pad: bool = False) -> dict:
    """A batch as fairseq collates it: the longest source first, targets padded on either side."""
    tokens, lengths = batch(source)
    read = batch([[2, *target[:-1]] for target in targets], left_pad)[0]
    net_input = {"src_tokens": tokens, "src_lengths": lengths, "prev_output_tokens": read}
    return {"id": torch.arange(len(source)), "net_input": net_input, "target": batch(targets, left_pad)[0]}


def by_length(seed: int, count: int = 9) -> list[list[int]]:
    return sorted(sentences(seed, count), key=len, reverse=True)


def mask_of(model, patterns: str, site: str, value: float = 0.7) -> Mask:
    neurons = adapter_for(model).states(patterns)
    return Mask.of(neurons, np.arange(0, len(neurons), 3), value, site)


def columns(mask: Mask | None, model, layer: int) -> MaskedColumns | None:
    if mask is None:
        return None
    spans = {block.layer: span for block, span in mask.neurons.spans()}
    inside = [i for i in mask.indices.tolist() if spans[layer].start <= i < spans[layer].stop]
    return MaskedColumns([i - spans[layer].start for i in inside], [0.7] * len(inside), mask.site)


@torch.no_grad()
@pytest.mark.parametrize("site", [None, "recurrent", "output"])
def test_states__are_those_in_which_the_target_words_were_read(model, site):
    source, targets = by_length(3), sentences(103)
    neurons, sample = adapter_for(model).states("decoder.*.fwd"), forced(source, targets)
    mask = mask_of(model, "decoder.*.fwd", site) if site else None
    with masked(model, mask) if mask else nullcontext(), recorded(model, neurons) as recorder:
        adapter_for(model).read_target(sample["net_input"])
        found = recorder.take_sentences(sample)
    encoder_out = model.encoder(sample["net_input"]["src_tokens"], sample["net_input"]["src_lengths"])
    masks = [columns(mask, model, layer) for layer in range(model.decoder.num_layers)]
    for i, (length, target, states) in enumerate(zip(map(len, source), targets, found, strict=True)):
        encoded = [part[:, i].double().numpy() for part in encoder_out[:3]]
        encoded[0] = encoded[0][:length]
        expected, _ = decoder_twin(model.decoder, [2, *target[:-1]], encoded, masks)
        np.testing.assert_allclose(states, expected.reshape(len(target), -1), atol=TOLERANCE)


@torch.no_grad()
def test_states__are_the_same_in_any_batch(model):
    source, targets = by_length(4), sentences(104)
    neurons = adapter_for(model).states("decoder.*")
    with recorded(model, neurons) as recorder:
        adapter_for(model).read_target(forced(source, targets)["net_input"])
        together = recorder.take_sentences(forced(source, targets))
        for alone, one, target in zip(together, source, targets, strict=True):
            adapter_for(model).read_target(forced([one], [target])["net_input"])
            np.testing.assert_allclose(recorder.take_sentences(forced([one], [target]))[0], alone, atol=TOLERANCE)


@torch.no_grad()
def test_rows_of_targets_padded_on_the_left__are_those_of_their_words(dictionary):
    model, source = translation_model(dictionary), by_length(5)
    targets = sentences(105)
    neurons, sample = adapter_for(model).states("decoder.0.in"), forced(source, targets, left_pad=True)
    with recorded(model, neurons) as recorder:
        adapter_for(model).read_target(sample["net_input"])
        found = recorder.take_sentences(sample)
    for target, states in zip(targets, found, strict=True):
        np.testing.assert_array_equal(states, model.decoder.embed_tokens.weight[[2, *target[:-1]]])


MASKS = [("decoder.*.fwd", "recurrent"), ("decoder.*.fwd", "output"), ("decoder.0.in", "output"), ("decoder.*", "auto")]


@pytest.mark.parametrize(("patterns", "site"), MASKS)
def test_our_search_and_fairseqs__find_the_same_under_a_mask(model, patterns, site, dictionary):
    free = assert_same_search(that_ends(model), dictionary, by_length(6), beam_size=4)
    with masked(model, mask_of(model, patterns, site)):
        ablated = assert_same_search(model, dictionary, by_length(6), beam_size=4)
    assert any(a[0]["tokens"].tolist() != b[0]["tokens"].tolist() for a, b in zip(free, ablated, strict=True))


@pytest.mark.parametrize("generator", [SequenceGenerator, SharedStatesGenerator])
@pytest.mark.parametrize(("patterns", "site"), MASKS)
def test_log_probs_of_hypotheses__are_those_of_a_forced_pass_under_the_mask(
    model, patterns, site, generator, dictionary
):
    source = by_length(7, count=5)
    with masked(that_ends(model), mask_of(model, patterns, site)):
        found = generator([model], dictionary, beam_size=3, max_len_b=8).generate([model], sample_of(source))
        targets = [hypotheses[0]["tokens"].tolist() for hypotheses in found]
        log_probs = adapter_for(model).log_probs(forced(source, targets))
        for row, hypotheses in zip(log_probs, found, strict=True):
            expected = hypotheses[0]["positional_scores"].double()
            torch.testing.assert_close(row[: len(expected)], expected, atol=TOLERANCE, rtol=0)


@torch.no_grad()
@pytest.mark.parametrize("patterns", ["encoder.0.in", "decoder.0.in"])
def test_words_masked_as_the_bottom_layer_reads_them__are_those_of_a_changed_embedding(model, patterns):
    """Also where both sides share one embedding, or one dropout."""
    sample = forced(by_length(8), sentences(108))
    mask = mask_of(model, patterns, "output")
    with masked(model, mask):
        found = adapter_for(model).read_target(sample["net_input"])[0]
    embedding = model.get_submodule(patterns.split(".")[0]).embed_tokens.weight
    free = embedding.clone()
    embedding[:, mask.indices] = torch.from_numpy(mask.values)
    torch.testing.assert_close(found, adapter_for(model).read_target(sample["net_input"])[0], atol=1e-6, rtol=0)
    embedding.copy_(free)
    assert not torch.allclose(found, adapter_for(model).read_target(sample["net_input"])[0], atol=1e-3)


def test_layers_above_a_masked_word__are_computed_anew(dictionary):
    from fairseq_neurons.plugin.layer_memory import LayerMemory

    model, source = translation_model(dictionary), by_length(9)
    memory = LayerMemory(model)

    def encoded() -> torch.Tensor:
        with memory.remembering(0), torch.no_grad():
            return model.encoder(*batch(source))[0]

    free = encoded()
    with masked(model, mask_of(model, "encoder.0.in", "output")):
        assert not torch.allclose(encoded(), free, atol=1e-3)
    with masked(model, mask_of(model, "decoder.*.fwd", "recurrent")):
        assert torch.equal(encoded(), free)


def test_language_model_with_residual_connections__is_recorded_and_masked(dictionary):
    model = language_model(dictionary, residuals=True)
    neurons, targets = adapter_for(model).neurons, [[2, *s[:-1]] for s in sentences(10)]
    tokens, lengths = batch(targets, left_pad=False)
    mask = Mask.of(neurons, np.array([1, 9]), 0.7)
    with masked(model, mask), recorded(model) as recorder, torch.no_grad():
        adapter_for(model).read({"src_tokens": tokens, "src_lengths": lengths})
        states = recorder.take(lengths)
    assert (states[:, [1, 9]] == np.float32(0.7)).all()
    twins = [decoder_twin(model.decoder, t, masks=[MaskedColumns([1], [0.7], "recurrent")] * 2)[0] for t in targets]
    np.testing.assert_allclose(states, np.vstack([twin.reshape(len(twin), -1) for twin in twins]), atol=TOLERANCE)
    words = ChosenWords.of([np.array([True] * len(t)) for t in targets])
    at_words = Mask.of(neurons, np.array([1]), words=words)
    with pytest.raises(InputError, match=r"decoder\.0\.fwd cannot be masked at chosen"), masked(model, at_words):
        pass


def test_words_of_the_source__are_not_chosen_for_the_decoder(dictionary):
    model = translation_model(dictionary)
    words = ChosenWords.of([np.array([True])])
    mask = Mask.of(adapter_for(model).states("decoder.0.fwd"), np.array([1]), words=words)
    with pytest.raises(InputError, match=r"decoder\.0\.fwd reads the target"), masked(model, mask):
        pass


@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_words_the_bottom_layer_reads__are_masked_where_chosen(side, joint, language_model):
    model = joint if side == "encoder" else language_model
    data = sentences(11)
    at = words_at(data, "several")
    neurons = adapter_for(model).states(f"{side}.0.in")
    mask = Mask.of(neurons, np.array([2]), 0.4, words=ChosenWords.of([np.array(chosen) for chosen in at]))
    sample = words_sample(data, left_pad=side == "encoder")
    with masked(model, mask), recorded(model, neurons) as recorder, torch.no_grad():
        note_batch(model, sample)
        adapter_for(model).read(sample["net_input"])
        states = recorder.take_sentences(sample)
    embedding = getattr(model, side).embed_tokens.weight.detach().numpy()
    for sentence, chosen, rows in zip(data, at, states, strict=True):
        expected = embedding[sentence]
        expected[chosen, 2] = 0.4
        np.testing.assert_array_equal(rows, expected)
