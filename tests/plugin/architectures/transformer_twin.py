"""A transformer written out, one sentence at a time in float64: every part of every layer, masked or not."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

# Name of a block -> which units are masked, bool (units,), and their values (units,).
Masks = Mapping[str, tuple[np.ndarray, np.ndarray]]


class Twin:
    """Reads one sentence with one side of a model.

    Args:
        module: fairseq's encoder or decoder, with sinusoidal or learned positions.
        name: ``encoder`` or ``decoder``.
        masks: of its blocks.
        places: bool (T,), where the masks hold; everywhere by default.
    """

    def __init__(self, module, name: str, masks: Masks | None = None, places: list[bool] | None = None) -> None:
        self.module, self.name, self.masks, self.places = module, name, masks or {}, places
        self.states: dict[str, np.ndarray] = {}

    def read(self, tokens: list[int], encoded: np.ndarray | None = None) -> np.ndarray:
        """What the layers hand on at the end, (T, C), after the final normalisation."""
        x = self._keep(0, "in", self._embedded(tokens))
        for i, layer in enumerate(self.module.layers):
            x = self._layer(i, layer, x, encoded)
        return x if self.module.layer_norm is None else normalised(self.module.layer_norm, x)

    def _embedded(self, tokens: list[int]) -> np.ndarray:
        module = self.module
        x = module.embed_scale * array(module.embed_tokens.weight)[tokens]
        if getattr(module, "project_in_dim", None) is not None:
            x = linear(module.project_in_dim, x)
        if module.embed_positions is not None:
            first = module.padding_idx + 1
            x = x + positions(module.embed_positions, first + np.arange(len(tokens)), x.shape[1])
        return x if module.layernorm_embedding is None else normalised(module.layernorm_embedding, x)

    def _layer(self, i: int, layer, x: np.ndarray, encoded: np.ndarray | None) -> np.ndarray:
        before = layer.normalize_before

        def sublayer(norm, x: np.ndarray, inner) -> np.ndarray:
            return x + inner(normalised(norm, x)) if before else normalised(norm, x + inner(x))

        def own(read: np.ndarray) -> np.ndarray:
            return self._attention(i, "heads", layer.self_attn, read, read, causal=self.name == "decoder")

        def cross(read: np.ndarray) -> np.ndarray:
            return self._attention(i, "cross", layer.encoder_attn, read, encoded, causal=False)

        def feed_forward(read: np.ndarray) -> np.ndarray:
            hidden = np.maximum(linear(layer.fc1, read), 0.0)
            return linear(layer.fc2, self._keep(i, "ffn", hidden))

        x = sublayer(layer.self_attn_layer_norm, x, own)
        if getattr(layer, "encoder_attn", None) is not None:
            x = sublayer(layer.encoder_attn_layer_norm, x, cross)
        return self._keep(i, "out", sublayer(layer.final_layer_norm, x, feed_forward))

    def _attention(self, i, part: str, attention, read: np.ndarray, source: np.ndarray, causal: bool) -> np.ndarray:
        size, found = attention.head_dim, []
        queries, keys, values = linear(attention.q_proj, read), linear(attention.k_proj, source), None
        values = linear(attention.v_proj, source)
        for head in range(attention.num_heads):
            units = slice(head * size, (head + 1) * size)
            scores = queries[:, units] @ keys[:, units].T / np.sqrt(size)
            if causal:
                scores = np.where(np.tril(np.ones(scores.shape, dtype=bool)), scores, -np.inf)
            weights = np.exp(scores - scores.max(axis=1, keepdims=True))
            found.append(weights / weights.sum(axis=1, keepdims=True) @ values[:, units])
        return linear(attention.out_proj, self._keep(i, part, np.hstack(found)))

    def _keep(self, layer: int, part: str, states: np.ndarray) -> np.ndarray:
        name = f"{self.name}.{layer}.{part}"
        if name in self.masks:
            masked, values = self.masks[name]
            where = masked if self.places is None else np.array(self.places)[:, None] & masked
            states = np.where(where, values, states)
        self.states[name] = states
        return states


def masks_of(mask) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """By block, of a ``Mask``."""
    found = {}
    for block, span in mask.neurons.spans():
        inside = (mask.indices >= span.start) & (mask.indices < span.stop)
        if inside.any():
            masked, values = np.zeros(block.size, dtype=bool), np.zeros(block.size)
            masked[mask.indices[inside] - span.start] = True
            values[mask.indices[inside] - span.start] = mask.values[inside]
            found[block.name] = (masked, values)
    return found


def array(tensor) -> np.ndarray:
    return tensor.detach().double().numpy()


def linear(module, x: np.ndarray) -> np.ndarray:
    return x @ array(module.weight).T + (0.0 if module.bias is None else array(module.bias))


def normalised(module, x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + module.eps)
    return scaled * array(module.weight) + array(module.bias)


def positions(module, places: np.ndarray, size: int) -> np.ndarray:
    """(T, C): learned, or Vaswani et al. (2017), Section 3.5, with sines before cosines."""
    if hasattr(module, "num_embeddings"):
        return array(module.weight)[places]
    half = size // 2
    angles = places[:, None] * np.exp(np.arange(half) * -(np.log(10000) / (half - 1)))
    return np.hstack([np.sin(angles), np.cos(angles)])
