"""fairseq's ``LSTMDecoder``, one step for all beams at once; beams of a sentence share its encoder states."""

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import torch
from fairseq.models import FairseqIncrementalDecoder
from fairseq.models.lstm import LSTMDecoder
from torch import Tensor, nn

from fairseq_neurons.plugin.architectures.stepped_decoder import stepped_of

EncoderOut = Tuple[Tensor, Tensor, Tensor, Tensor]


@dataclass
class DecoderState:
    """The state of all beams. S sentences with K beams each; row ``s * K + k`` is beam k of sentence s.

    Args:
        keys: (S, H, T) encoder states, multiplied by the attention's input projection.
        values: (S, T, H) encoder states, multiplied by the attention's output projection.
        padding: (S, 1, T), 0 at words and minus infinity at padding.
        hidden: (S K, H) of each layer.
        cell: (S K, H) of each layer.
        feed: (S K, H) the last attentional state ("input feeding").
    """

    keys: Tensor
    values: Tensor
    padding: Tensor
    hidden: List[Tensor]
    cell: List[Tensor]
    feed: Tensor

    def select_rows(self, rows: Tensor) -> None:
        """Continue from these beams: (S K',) row numbers, those of one sentence after those of another."""
        self.hidden = [h.index_select(0, rows) for h in self.hidden]
        self.cell = [c.index_select(0, rows) for c in self.cell]
        self.feed = self.feed.index_select(0, rows)

    def keep_sentences(self, sentences: Tensor) -> None:
        """Drop the encoder states of all but these sentences: (S',) numbers; the beams are left to ``select_rows``."""
        self.keys = self.keys.index_select(0, sentences)
        self.values = self.values.index_select(0, sentences)
        self.padding = self.padding.index_select(0, sentences)


class SharedDecoder:
    """A copy of the decoder's weights, arranged for the step; make a new one when the weights have changed.

    The attention's two linear maps of the encoder states are computed once a sentence, not once a beam and step: the
    score of a query W h and a state e is e (W h) = (e W) h, and a linear map of a weighted sum is the weighted sum of
    the mapped states. Units of its layers are masked as `SteppedDecoder` masks them.

    Args:
        decoder: in evaluation mode, with attention and without residual connections.
    """

    def __init__(self, decoder: LSTMDecoder) -> None:
        self.decoder = decoder
        self.stepped = stepped_of(decoder)
        width = decoder.embed_tokens.embedding_dim
        self.cells = [_Cell(layer) for layer in decoder.layers]
        # The lowest layer reads the word and, behind it, the last attentional state.
        self.from_words, self.from_feed = self.cells[0].from_input.split([width, decoder.hidden_size])
        attention = decoder.attention
        context, query = attention.output_proj.weight.split([decoder.encoder_output_units, decoder.hidden_size], dim=1)
        self.from_context, self.from_hidden = context.t(), query.t().contiguous()

    def start(self, encoder_out: EncoderOut) -> DecoderState:
        """One beam a sentence, before the first word.

        Args:
            encoder_out: outputs (T, S, C), final h and c (layers, S, C), padding mask (T, S).
        """
        outputs, hiddens, cells, mask = encoder_out
        outputs = outputs.transpose(0, 1)  # (S, T, C)
        decoder = self.decoder
        if decoder.encoder_hidden_proj is not None:
            hiddens, cells = decoder.encoder_hidden_proj(hiddens), decoder.encoder_cell_proj(cells)
        padding = torch.zeros_like(mask, dtype=outputs.dtype).masked_fill_(mask, float("-inf"))
        return DecoderState(
            keys=(outputs @ decoder.attention.input_proj.weight).transpose(1, 2),
            values=outputs @ self.from_context,
            padding=padding.t().unsqueeze(1),
            hidden=[self.stepped.start(layer, hidden) for layer, hidden in enumerate(hiddens.unbind(0))],
            cell=list(cells.unbind(0)),
            feed=outputs.new_zeros(outputs.size(0), decoder.hidden_size),
        )

    def read(self, words: Tensor) -> Tensor:
        """The words' part of the lowest layer's gates: (n,) indices -> (n, 4 H)."""
        # Many beams have the same last word.
        distinct, which = words.unique(return_inverse=True)
        gates = torch.addmm(self.cells[0].bias, self._embedded(distinct), self.from_words)
        return gates.index_select(0, which)

    def step(self, state: DecoderState, read: Tensor) -> Tuple[Tensor, Tensor]:
        """Read a word of every beam.

        Args:
            state: of S sentences with K beams; updated in place.
            read: (S K, 4 H), what :meth:`read` returned for each beam's last word; overwritten.

        Returns:
            Features (S K, out) for the vocabulary and the attention's weights (S, K, T).
        """
        below = state.feed
        for i, cell in enumerate(self.cells):
            gates = read.addmm_(below, self.from_feed) if i == 0 else torch.addmm(cell.bias, below, cell.from_input)
            gates.addmm_(state.hidden[i], cell.from_hidden)
            free, state.cell[i] = _advance(gates, state.cell[i])
            state.hidden[i], below = self.stepped.after(i, free)
        query = below.view(state.keys.size(0), -1, below.size(1))  # (S, K, H)
        weights = torch.baddbmm(state.padding, query, state.keys).softmax(dim=2)  # (S, K, T)
        context = torch.bmm(weights, state.values).view_as(below)
        state.feed = context.addmm_(below, self.from_hidden).tanh_()
        return self._features(state.feed), weights

    def output_weights(self) -> Tuple[Tensor, Optional[Tensor]]:
        """See :func:`output_weights`."""
        return output_weights(self.decoder)

    def _embedded(self, words: Tensor) -> Tensor:
        # Dropout changes nothing in evaluation mode, but what the lowest layer reads is masked there.
        embedded: Tensor = self.decoder.dropout_in_module(self.decoder.embed_tokens(words))
        return embedded

    def _features(self, attentional: Tensor) -> Tensor:
        additional: Optional[nn.Linear] = getattr(self.decoder, "additional_fc", None)
        return attentional if additional is None else additional(attentional)


class _Cell:
    """The weights of an ``LSTMCell``, its gates in the order input, forget, output, candidate."""

    def __init__(self, cell: nn.LSTMCell) -> None:
        self.from_input = _rearranged(cell.weight_ih).t().contiguous()  # (I, 4 H)
        self.from_hidden = _rearranged(cell.weight_hh).t().contiguous()  # (H, 4 H)
        self.bias = _rearranged(cell.bias_ih + cell.bias_hh)  # (4 H,)


def _rearranged(weight: Tensor) -> Tensor:
    """PyTorch's order, input, forget, candidate, output, with the three that share a sigmoid side by side."""
    i, f, g, o = weight.detach().chunk(4)
    return torch.cat([i, f, o, g])


def _advance(gates: Tensor, cell: Tensor) -> Tuple[Tensor, Tensor]:
    """(n, 4 H) gates before nonlinearities, overwritten, and (n, H) cells -> hidden states and cells, each (n, H)."""
    size = cell.size(1)
    squashed, candidate = gates[:, : 3 * size].sigmoid_(), gates[:, 3 * size :].tanh_()
    i, f, o = squashed.chunk(3, dim=1)
    cell = torch.addcmul(f * cell, i, candidate)
    return o * cell.tanh(), cell


def output_weights(decoder: FairseqIncrementalDecoder) -> Tuple[Tensor, Optional[Tensor]]:
    """The output layer: weight (V, out) and, unless the embedding is shared, bias (V,).

    Args:
        decoder: fairseq's ``LSTMDecoder`` or the language model's.
    """
    output: Optional[nn.Linear] = getattr(decoder, "fc_out", None)
    return (decoder.embed_tokens.weight, None) if output is None else (output.weight, output.bias)


def can_share(decoder: nn.Module) -> bool:
    """Whether :class:`SharedDecoder` computes what a decoder computes."""
    return not unsupported_in(decoder)


def unsupported_in(decoder: Any) -> str:
    """What keeps :class:`SharedDecoder` from computing what a decoder computes; empty if nothing does."""
    if type(decoder) is not LSTMDecoder:
        return f"a {type(decoder).__name__}"
    found: Dict[str, bool] = {
        "decoders without attention": decoder.attention is None,
        "residual connections": bool(decoder.residuals),
        "adaptive softmax": decoder.adaptive_softmax is not None,
        "weights that are not float32": decoder.embed_tokens.weight.dtype != torch.float32,
        "dropout that stays on": retains_dropout(decoder),
    }
    return next((what for what, is_found in found.items() if is_found), "")


def retains_dropout(decoder: LSTMDecoder) -> bool:
    """Whether dropout stays on while generating (``--retain-dropout``)."""
    modules = (decoder.dropout_in_module, decoder.dropout_out_module)
    return any(module.training or module.apply_during_inference for module in modules)
