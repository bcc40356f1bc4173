"""fairseq's ``TransformerDecoder``, one step for all beams at once; beams of a sentence share keys and values."""

from typing import Any, Dict, List, Optional, Tuple

import torch
from fairseq.models.transformer import TransformerDecoder, TransformerDecoderBase
from fairseq.modules import FairseqDropout, MultiheadAttention
from fairseq.modules.transformer_layer import TransformerDecoderLayer, TransformerDecoderLayerBase
from torch import Tensor, nn
from torch.nn import functional

from fairseq_neurons.plugin.architectures.replaced_forward import replaced_forward
from fairseq_neurons.plugin.decoding.attention_caches import Keys, TransformerState


class SharedTransformer:
    """A decoder's weights, arranged for the step; make a new one when the weights have changed.

    The decoder's own modules are called where masks and recorders hook them: each layer, ``fc2``, and the ``out_proj``
    of both attentions.

    Args:
        decoder: for which :func:`unsupported_in` names nothing, in evaluation mode.
    """

    def __init__(self, decoder: TransformerDecoderBase) -> None:
        self.decoder: Any = decoder
        self.layers = [_Layer(layer) for layer in self.decoder.layers]

    def start(self, encoder_out: Dict[str, List[Tensor]]) -> TransformerState:
        """One beam a sentence, before the first word.

        Args:
            encoder_out: as the encoder returns it: outputs (T, S, C), padding mask (S, T).
        """
        outputs, mask = encoder_out["encoder_out"][0], encoder_out["encoder_padding_mask"][0]
        padding = None
        if mask.any():
            padding = torch.zeros_like(mask, dtype=outputs.dtype).masked_fill_(mask, float("-inf"))[:, None, None]
        sources = [layer.project(outputs) for layer in self.layers if layer.cross is not None]
        heads = self.layers[0].heads
        like = outputs.new_empty(outputs.size(1), heads, 0, self.decoder.embed_dim // heads)
        return TransformerState(sources, padding, len(self.layers), like)

    def read(self, words: Tensor) -> Tensor:
        """The words' embeddings, without positions: (n,) indices -> (n, C)."""
        decoder = self.decoder
        embedded: Tensor = decoder.embed_scale * decoder.embed_tokens(words)
        return embedded if decoder.project_in_dim is None else decoder.project_in_dim(embedded)

    def step(self, state: TransformerState, read: Tensor) -> Tuple[Tensor, Optional[Tensor]]:
        """Read a word of every beam.

        Args:
            state: of S sentences with K beams each; updated in place.
            read: (S K, C), what :meth:`read` returned for each beam's last word.

        Returns:
            Features (S K, out) for the vocabulary, and the last layer's attention to the source, averaged over its
            heads, (S, K, T); None if it has none.
        """
        by_sentence = read.view(state.sentences, -1, read.size(1))  # (S, K, C)
        state.advance(beams=by_sentence.size(1))
        x = self._embedded(state.stored_order(by_sentence), state.words).view(1, *read.shape)
        weights = None
        for i, layer in enumerate(self.layers):
            x, weights = layer.step(x, state, i)
        features = state.search_order(self._features(x).view(state.sentences, -1, x.size(2))).flatten(0, 1)
        return features, None if weights is None else state.search_order(weights).mean(1)

    def output_weights(self) -> Tuple[Tensor, Optional[Tensor]]:
        """The output layer: weight (V, out) and, if it has one, bias (V,)."""
        output = self.decoder.output_projection
        return output.weight, output.bias

    def _embedded(self, x: Tensor, words: int) -> Tensor:
        """(S, K, C) embeddings of the last of ``words`` words -> what the lowest layer reads."""
        decoder = self.decoder
        if decoder.embed_positions is not None:
            # Of these words only their number counts.
            counted = torch.zeros(1, words, dtype=torch.long, device=x.device)
            x = x + decoder.embed_positions(counted, incremental_state={})[:, -1:]
        return x if decoder.layernorm_embedding is None else decoder.layernorm_embedding(x)

    def _features(self, x: Tensor) -> Tensor:
        decoder = self.decoder
        x = x if decoder.layer_norm is None else decoder.layer_norm(x)
        return x if decoder.project_out_dim is None else decoder.project_out_dim(x)


class _Layer:
    """One layer: its modules, and the input projections of its attentions side by side."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.own, self.cross = self.layer.self_attn, self.layer.encoder_attn
        self.heads = self.own.num_heads
        self.own_input = _Linear(self.own.q_proj, self.own.k_proj, self.own.v_proj, first=self.own.scaling)
        if self.cross is not None:
            self.cross_query = _Linear(self.cross.q_proj, first=self.cross.scaling)
            self.cross_source = _Linear(self.cross.k_proj, self.cross.v_proj)

    def project(self, outputs: Tensor) -> Keys:
        """(T, S, C) encoder outputs -> keys and values."""
        parts = self.cross_source(outputs).unflatten(2, (2, self.heads, -1)).permute(2, 1, 3, 0, 4)
        return Keys(*(part.contiguous() for part in parts))

    def step(self, x: Tensor, state: TransformerState, i: int) -> Tuple[Tensor, Optional[Tensor]]:
        """(1, S K, C) in the stored order -> the layer's output, and the attention to the source (S, heads, K, T).

        It is called as a module, so that its hooks see its input and output as in fairseq's incremental decoding.
        """

        def forward(x: Tensor) -> Tuple[Tensor, Optional[Tensor], None]:
            return (*self._forward(x, state, i), None)

        with replaced_forward(self.layer, forward):
            x, weights, _ = self.layer(x)
        return x, weights

    def _forward(self, x: Tensor, state: TransformerState, i: int) -> Tuple[Tensor, Optional[Tensor]]:
        layer, before, weights = self.layer, self.layer.normalize_before, None
        residual = x
        read = self.own_input(layer.self_attn_layer_norm(x) if before else x)
        query, key, value = self._by_head(read, state, parts=3)
        x = residual + self.own.out_proj(_joined(state.attend_to_own(i, query, key, value)))
        x = x if before else layer.self_attn_layer_norm(x)
        if self.cross is not None:
            residual = x
            read = self.cross_query(layer.encoder_attn_layer_norm(x) if before else x)
            attended, weights = state.attend_to_source(i, *self._by_head(read, state, parts=1))
            x = residual + self.cross.out_proj(_joined(attended))
            x = x if before else layer.encoder_attn_layer_norm(x)
        residual = x
        x = residual + layer.fc2(layer.activation_fn(layer.fc1(layer.final_layer_norm(x) if before else x)))
        return (x if before else layer.final_layer_norm(x)), weights

    def _by_head(self, x: Tensor, state: TransformerState, parts: int) -> Tuple[Tensor, ...]:
        """(1, S K, parts C) -> ``parts`` times (S, heads, K, C / heads)."""
        apart = x.view(state.sentences, -1, parts, self.heads, self.own.head_dim)
        return apart.permute(2, 0, 3, 1, 4).unbind(0)


class _Linear:
    """Several linear maps of the same input, side by side; the first is scaled."""

    def __init__(self, *maps: nn.Linear, first: float = 1.0) -> None:
        scales = [first, *(1.0 for _ in maps[1:])]
        self.weight = torch.cat([one.weight.detach() * scale for one, scale in zip(maps, scales)])
        self.bias = None
        if maps[0].bias is not None:
            self.bias = torch.cat([one.bias.detach() * scale for one, scale in zip(maps, scales)])

    def __call__(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.weight, self.bias)


def _joined(heads: Tensor) -> Tensor:
    """(S, heads, K, C / heads) -> (1, S K, C)."""
    return heads.transpose(1, 2).reshape(1, -1, heads.size(1) * heads.size(3))


def unsupported_in(decoder: Any) -> str:
    """What keeps :class:`SharedTransformer` from computing what a decoder computes; empty if nothing does."""
    if type(decoder) not in (TransformerDecoder, TransformerDecoderBase):
        return f"a {type(decoder).__name__}"
    found: Dict[str, bool] = {
        "adaptive softmax": decoder.adaptive_softmax is not None,
        "an output layer of another kind": type(decoder.output_projection) is not nn.Linear,
        "weights that are not float32": decoder.embed_tokens.weight.dtype != torch.float32,
        "dropout that stays on": any(_drops(module) for module in decoder.modules()),
        "quantisation noise": decoder.quant_noise is not None,
        "layers of another kind": not decoder.layers or not all(map(_is_plain, decoder.layers)),
    }
    return next((what for what, is_found in found.items() if is_found), "")


def _is_plain(layer: Any) -> bool:
    if type(layer) not in (TransformerDecoderLayer, TransformerDecoderLayerBase) or "forward" in vars(layer):
        return False
    extras = (layer.attn_ln, layer.c_attn, layer.ffn_layernorm, layer.w_resid)
    attentions = [layer.self_attn, *([] if layer.encoder_attn is None else [layer.encoder_attn])]
    plain = all(extra is None for extra in extras) and not layer.cross_self_attention and not layer.quant_noise
    return plain and all(_is_plain_attention(attention, layer.embed_dim) for attention in attentions)


def _is_plain_attention(attention: Any, size: int) -> bool:
    return (
        type(attention) is MultiheadAttention
        and all(type(one) is nn.Linear for one in (attention.q_proj, attention.k_proj, attention.v_proj))
        and attention.embed_dim == size
        and not (attention.use_xformers or attention.add_zero_attn or attention.bias_k is not None)
    )


def _drops(module: nn.Module) -> bool:
    """Whether a module is dropout that stays on while generating (``--retain-dropout``)."""
    return isinstance(module, FairseqDropout) and bool(module.training or module.apply_during_inference)
