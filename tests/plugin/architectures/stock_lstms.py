"""fairseq's own LSTMs with random weights, and their literal twins."""

from __future__ import annotations

from argparse import Namespace
from types import SimpleNamespace

import numpy as np
from fairseq.models.lstm import LSTMModel
from fairseq.models.lstm_lm import LSTMLanguageModel

from tests.plugin.conftest import shaken
from tests.reference import lstm, masked_in, sigmoid

SIZES = dict(encoder_embed_dim=7, encoder_hidden_size=8, decoder_embed_dim=6, decoder_hidden_size=8, dropout=0.0)
LM_SIZES = dict(decoder_embed_dim=7, decoder_hidden_size=8, decoder_layers=2, decoder_out_embed_dim=8, dropout=0.0)


def translation_model(dictionary, layers: int = 2, bidirectional: bool = True, **options) -> LSTMModel:
    """``lstm``; with small dictionaries, adaptive softmax needs ``criterion`` and ``adaptive_softmax_cutoff``."""
    args = {**SIZES, "decoder_out_embed_dim": 8, "criterion": "cross_entropy", **options}
    args |= {"encoder_layers": layers, "decoder_layers": layers, "encoder_bidirectional": bidirectional}
    task = SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary)
    return shaken(LSTMModel.build_model(Namespace(**args), task))


def language_model(dictionary, **options) -> LSTMLanguageModel:
    """``lstm_lm``."""
    args = Namespace(**{**LM_SIZES, "criterion": "cross_entropy", **options})
    task = SimpleNamespace(source_dictionary=dictionary, target_dictionary=dictionary, dictionary=dictionary)
    return shaken(LSTMLanguageModel.build_model(args, task))


def weights_of(module, suffix: str) -> dict[str, np.ndarray]:
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return {name: getattr(module, f"{name}{suffix}").detach().double().numpy() for name in names}


def encoder_twin(encoder, tokens: list[int], mask=None, at: list[bool] | None = None):
    """States (T, neurons), outputs (T, C), final h and c (layers, C); ``at``: at which words the mask holds."""
    x = encoder.embed_tokens.weight.detach().double().numpy()[tokens]
    states, finals_h, finals_c, start = [], [], [], 0
    for i in range(encoder.num_layers):
        outputs, h, c = [], [], []
        for reverse in ("", "_reverse") if encoder.bidirectional else ("",):
            order = slice(None, None, -1 if reverse else 1)
            masked = masked_in(mask, start, encoder.hidden_size, at[order] if at else None)
            output, *final = lstm(weights_of(encoder.lstm, f"_l{i}{reverse}"), x[order], masked)
            outputs.append(output[order])
            h.append(final[0])
            c.append(final[1])
            start += encoder.hidden_size
        x = np.hstack(outputs)
        states.append(x)
        finals_h.append(np.hstack(h))
        finals_c.append(np.hstack(c))
    return np.hstack(states), x, np.array(finals_h), np.array(finals_c)


def language_model_twin(decoder, tokens: list[int], mask=None, at: list[bool] | None = None):
    """States (T, neurons) and what the output layer reads, (T, H)."""
    x = decoder.embed_tokens.weight.detach().double().numpy()[tokens]
    states, size = [], decoder.hidden_size
    for i, cell in enumerate(decoder.layers):
        x, _, _ = lstm(weights_of(cell, ""), x, masked_in(mask, i * size, size, at), starts_decoder=False)
        states.append(x)
    return np.hstack(states), x


def linear(module, x: np.ndarray) -> np.ndarray:
    bias = 0.0 if module.bias is None else module.bias.detach().double().numpy()
    return x @ module.weight.detach().double().numpy().T + bias


def decoder_twin(decoder, tokens: list[int], encoded=None, masks=None):
    """One sentence: what the layers hand on (S, layers, H) and what the output layer reads (S, out).

    ``encoded``: outputs (T, C), final h and c (layers, C); ``masks``: of each layer None or its ``MaskedColumns``.
    """
    size, masks = decoder.hidden_size, masks or [None] * decoder.num_layers
    h, c, feed = np.zeros((decoder.num_layers, size)), np.zeros((decoder.num_layers, size)), np.zeros(0)
    if encoded is not None:
        feed, (_, h, c) = np.zeros(size), encoded
        if decoder.encoder_hidden_proj is not None:
            h, c = linear(decoder.encoder_hidden_proj, h), linear(decoder.encoder_cell_proj, c)
    h, c = h.copy(), c.copy()
    for layer, masked in enumerate(masks):
        if masked and masked.site == "recurrent":
            h[layer, masked.columns] = masked.values
    states, features = [], []
    for token in tokens:
        below = np.concatenate([decoder.embed_tokens.weight[token].detach().double().numpy(), feed])
        states.append(np.zeros_like(h))
        for layer, cell in enumerate(decoder.layers):
            before = h[layer].copy()
            h[layer], c[layer] = cell_step(weights_of(cell, ""), below, h[layer], c[layer])
            states[-1][layer] = h[layer]
            if masks[layer]:
                states[-1][layer, masks[layer].columns] = masks[layer].values
                if masks[layer].site == "recurrent":
                    h[layer, masks[layer].columns] = masks[layer].values
            below = states[-1][layer] + (before if decoder.residuals else 0.0)
        output = states[-1][-1]
        if decoder.attention is not None:
            scores = encoded[0] @ linear(decoder.attention.input_proj, output)  # (T,)
            weights = np.exp(scores - scores.max())
            context = (weights / weights.sum()) @ encoded[0]
            output = np.tanh(linear(decoder.attention.output_proj, np.concatenate([context, output])))
        feed = output if encoded is not None else feed
        features.append(linear(decoder.additional_fc, output) if hasattr(decoder, "additional_fc") else output)
    return np.array(states), np.array(features)


def cell_step(weights: dict[str, np.ndarray], x: np.ndarray, h: np.ndarray, c: np.ndarray):
    """(in,), (H,), (H,) -> h and c after the step."""
    gates = weights["weight_ih"] @ x + weights["bias_ih"] + weights["weight_hh"] @ h + weights["bias_hh"]
    i, f, g, o = np.split(gates, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c
