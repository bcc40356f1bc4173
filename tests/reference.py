"""The slow, literal twins: every step written out, float64, one sentence at a time, nothing shared with the library."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch


@dataclass
class MaskedColumns:
    """Which columns of one direction of one layer are masked at which values, and where.

    ``steps``: at which steps of the loop; None is at all of them and before the first.
    """

    columns: list[int]
    values: list[float]
    site: str
    steps: list[bool] | None = None

    def at_step(self, step: int) -> bool:
        return self.steps is None or self.steps[step]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def lstm(weights: dict[str, np.ndarray], inputs: np.ndarray, masked: MaskedColumns | None = None, starts_decoder=True):
    """(T, in) -> what the layer hands on (T, H), final h (H,), final c (H,)."""
    size = weights["weight_hh"].shape[1]
    h, c = np.zeros(size), np.zeros(size)
    if masked and masked.site == "recurrent" and masked.steps is None:
        h[masked.columns] = masked.values
    handed_on = []
    for step, x in enumerate(inputs):
        gates = weights["weight_ih"] @ x + weights["bias_ih"] + weights["weight_hh"] @ h + weights["bias_hh"]
        i, f, g, o = np.split(gates, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        if masked and masked.site == "recurrent" and masked.at_step(step):
            h[masked.columns] = masked.values
        out = h.copy()
        if masked and masked.at_step(step):
            out[masked.columns] = masked.values
        handed_on.append(out)
    final = h.copy()
    if masked and masked.site == "output" and starts_decoder and masked.at_step(len(inputs) - 1):
        final[masked.columns] = masked.values
    return np.array(handed_on), final, c


def weights_of(module: torch.nn.LSTM, suffix: str = "") -> dict[str, np.ndarray]:
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return {name: getattr(module, f"{name}_l0{suffix}").detach().double().numpy() for name in names}


def masked_in(mask, start: int, size: int, steps: list[bool] | None = None) -> MaskedColumns | None:
    """The part of a mask that falls into the columns start .. start + size - 1."""
    if mask is None:
        return None
    chosen = [(int(i) - start, float(v)) for i, v in zip(mask.indices, mask.values) if start <= i < start + size]
    return MaskedColumns([i for i, _ in chosen], [v for _, v in chosen], mask.site, steps) if chosen else None


def separate_encoder(encoder, tokens: list[int], mask=None, at: list[bool] | None = None):
    """``lstm_dalvi2019``: states (T, neurons), outputs (T, C), final h and c (layers, C); ``at``: at which words."""
    size = encoder.hidden_size
    embedded = encoder.embed_tokens.weight.detach().double().numpy()[tokens]
    forward, backward = embedded, embedded[::-1]
    at_backward = at[::-1] if at else None
    states, finals_h, finals_c, start = [], [], [], 0
    for fwd, bwd in zip(encoder.fwd, encoder.bwd):
        forward, fh, fc = lstm(weights_of(fwd), forward, masked_in(mask, start, size, at))
        backward, bh, bc = lstm(weights_of(bwd), backward, masked_in(mask, start + size, size, at_backward))
        states += [forward, backward[::-1]]
        finals_h.append(fh + bh)
        finals_c.append(fc + bc)
        start += 2 * size
    return np.hstack(states), forward + backward[::-1], np.array(finals_h), np.array(finals_c)


def joint_encoder(encoder, tokens: list[int], mask=None, at: list[bool] | None = None):
    """``lstm_dalvi2019_joint``: states (T, neurons), outputs (T, C), final h and c (layers, C); ``at``: where."""
    size = encoder.hidden_size
    x = encoder.embed_tokens.weight.detach().double().numpy()[tokens]
    at_backward = at[::-1] if at else None
    states, finals_h, finals_c, start = [], [], [], 0
    for layer in encoder.layers:
        masked_backward = masked_in(mask, start + size, size, at_backward)
        forward, fh, fc = lstm(weights_of(layer), x, masked_in(mask, start, size, at))
        backward, bh, bc = lstm(weights_of(layer, "_reverse"), x[::-1], masked_backward)
        x = np.hstack([forward, backward[::-1]])
        states.append(x)
        finals_h.append(np.hstack([fh, bh]))
        finals_c.append(np.hstack([fc, bc]))
        start += 2 * size
    return np.hstack(states), x, np.array(finals_h), np.array(finals_c)


def language_model(decoder, tokens: list[int], mask=None, at: list[bool] | None = None):
    """``lstm_lm_dalvi2019``: states (T, neurons), scores (T, vocabulary); ``at``: at which words."""
    x = decoder.embed_tokens.weight.detach().double().numpy()[tokens]
    states, start = [], 0
    for layer in decoder.layers:
        size = layer.hidden_size
        x, _, _ = lstm(weights_of(layer), x, masked_in(mask, start, size, at), starts_decoder=False)
        states.append(x)
        start += size
    scores = x @ decoder.fc_out.weight.detach().double().numpy().T + decoder.fc_out.bias.detach().double().numpy()
    return np.hstack(states), scores
