"""The decoder's layers, watched and masked, equal a loop that is written out; unwatched they are fairseq's own."""

from __future__ import annotations

from contextlib import ExitStack

import numpy as np
import pytest
import torch

from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.stepped_decoder import stepped_of
from fairseq_neurons.plugin.decoding.shared_decoder import SharedDecoder
from tests.plugin.architectures.stock_lstms import decoder_twin, language_model, translation_model
from tests.plugin.conftest import batch, build, sentences
from tests.plugin.same_search import MODELS
from tests.reference import MaskedColumns

TOLERANCE = 1e-5
COLUMNS, VALUES = [0, 3, 4], [0.7, -0.2, 0.0]
DECODERS = {
    "stock": lambda words: translation_model(words),
    "projected": lambda words: translation_model(words, layers=1, decoder_hidden_size=11, decoder_out_embed_dim=5),
    "no attention": lambda words: translation_model(words, decoder_attention="0"),
    "joint": lambda words: build(MODELS["joint"], words, encoder_layers=3, decoder_layers=3),
}


@pytest.fixture(params=DECODERS)
def model(request, dictionary):
    return DECODERS[request.param](dictionary)


def in_order(seed: int) -> tuple[torch.Tensor, torch.Tensor, list[list[int]]]:
    """Source tokens and lengths, the longest first, and what the decoder reads of each target."""
    source = sorted(sentences(seed), key=len, reverse=True)
    return *batch(source), [[2, *s[:-1]] for s in sentences(seed + 100)]


def masked_layers(decoder, site: str | None, layers: list[int]) -> ExitStack:
    stack = ExitStack()
    for layer in layers if site else []:
        masked, values = torch.zeros(decoder.hidden_size, dtype=torch.bool), torch.zeros(decoder.hidden_size)
        masked[COLUMNS], values[COLUMNS] = True, torch.tensor(VALUES)
        stack.enter_context(stepped_of(decoder).masked(decoder, layer, MaskedUnits(masked, values, site)))
    return stack


def twins(model, encoder_out, targets, site, layers):
    masks = [
        MaskedColumns(COLUMNS, VALUES, site) if site and i in layers else None for i in range(model.decoder.num_layers)
    ]
    for i, target in enumerate(targets):
        length = int((~encoder_out[3][:, i]).sum())
        encoded = [part[:, i].double().numpy() for part in encoder_out[:3]]
        encoded[0] = encoded[0][:length]
        yield decoder_twin(model.decoder, target, encoded, masks)


@torch.no_grad()
@pytest.mark.parametrize("site", [None, "recurrent", "output"])
def test_layers__equal_the_twin(model, site):
    tokens, lengths, targets = in_order(3)
    layers = sorted({0, model.decoder.num_layers - 1})
    encoder_out, read = model.encoder(tokens, lengths), batch(targets, left_pad=False)[0]
    stock = model.decoder.extract_features(read, encoder_out)
    found: list[list[torch.Tensor]] = [[] for _ in model.decoder.layers]
    with masked_layers(model.decoder, site, layers), ExitStack() as watched:
        for layer, seen in enumerate(found):
            watched.enter_context(stepped_of(model.decoder).watch(model.decoder, layer, seen.append))
        features, weights = model.decoder.extract_features(read, encoder_out)
    states = torch.stack([seen.pop() for seen in found], dim=2)  # (S, B, layers, H)
    for i, (expected, outputs) in enumerate(twins(model, encoder_out, targets, site, layers)):
        np.testing.assert_allclose(states[: len(expected), i], expected, atol=TOLERANCE)
        np.testing.assert_allclose(features[i, : len(expected)], outputs, atol=TOLERANCE)
    assert torch.equal(features, stock[0]) == (site is None)
    assert (weights is None) == (stock[1] is None)
    if site is None and weights is not None:
        assert torch.equal(weights, stock[1])
    assert torch.equal(model.decoder.extract_features(read, encoder_out)[0], stock[0])
    assert "extract_features" not in vars(model.decoder)


@torch.no_grad()
@pytest.mark.parametrize("name", ["stock", "projected", "joint"])
@pytest.mark.parametrize("site", ["recurrent", "output"])
def test_our_search_and_fairseqs__see_the_same_masks_as_a_whole_pass(name, site, dictionary):
    model = DECODERS[name](dictionary)
    tokens, lengths, targets = in_order(4)
    encoder_out, read = model.encoder(tokens, lengths), batch(targets, left_pad=False)[0]
    with masked_layers(model.decoder, site, list(range(model.decoder.num_layers))):
        whole, _ = model.decoder.extract_features(read, encoder_out)
        shared = SharedDecoder(model.decoder)
        state, cached = shared.start(encoder_out), {}
        for step in range(read.size(1)):
            features, _ = shared.step(state, shared.read(read[:, step]))
            torch.testing.assert_close(features, whole[:, step], atol=TOLERANCE, rtol=0)
            features, _ = model.decoder.extract_features(read[:, : step + 1], encoder_out, cached)
            torch.testing.assert_close(features[:, 0], whole[:, step], atol=TOLERANCE, rtol=0)
    free = SharedDecoder(model.decoder)
    assert not torch.allclose(free.step(free.start(encoder_out), free.read(read[:, 0]))[0], whole[:, 0], atol=1e-3)


@torch.no_grad()
@pytest.mark.parametrize("site", [None, "recurrent", "output"])
def test_language_model_with_residual_connections__equals_the_twin(site, dictionary):
    model = language_model(dictionary, residuals=True)
    targets, seen = [[2, *s[:-1]] for s in sentences(5)], []
    masks = [MaskedColumns(COLUMNS, VALUES, site) if site else None] * 2
    with masked_layers(model.decoder, site, [0, 1]), stepped_of(model.decoder).watch(model.decoder, 0, seen.append):
        features, _ = model.decoder.extract_features(batch(targets, left_pad=False)[0])
    for i, target in enumerate(targets):
        expected, outputs = decoder_twin(model.decoder, target, masks=masks)
        np.testing.assert_allclose(seen[0][: len(target), i], expected[:, 0], atol=TOLERANCE)
        np.testing.assert_allclose(features[i, : len(target)], outputs, atol=TOLERANCE)
