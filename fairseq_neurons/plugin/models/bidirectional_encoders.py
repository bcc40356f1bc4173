"""The two bidirectional LSTM encoders: a separate stack for each direction, or layers that read both directions.

Both use single-layer ``nn.LSTM`` modules, because a multi-layer one returns only the states of its top layer. Weights
and dropout draw their random numbers in the same order as in fairseq's ``lstm``: with the same seed and data,
``lstm_dalvi2019_joint`` has the same losses in training.
"""

from abc import ABC, abstractmethod
from typing import List, Optional, Tuple

import torch
from fairseq import utils
from fairseq.data import Dictionary
from fairseq.models import FairseqEncoder
from fairseq.models.lstm import LSTM, Embedding
from fairseq.modules import FairseqDropout
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

EncoderOut = Tuple[Tensor, Tensor, Tensor, Tensor]
Finals = List[Tuple[Tensor, Tensor]]


def reversal(batch_sizes: Tensor) -> Tensor:
    """The permutation of packed words that reverses every sentence.

    Args:
        batch_sizes: (T,) of a packed sequence: the number of sentences that have a word at each position.

    Returns:
        (words,) int64, its own inverse: ``packed.data[reversal(packed.batch_sizes)]`` is packed likewise.
    """
    starts = batch_sizes.cumsum(0) - batch_sizes
    sentence = torch.cat([torch.arange(int(n)) for n in batch_sizes])
    position = torch.repeat_interleave(torch.arange(len(batch_sizes)), batch_sizes)
    lengths = torch.bincount(sentence)
    return starts[lengths[sentence] - 1 - position] + sentence


class BidirectionalEncoder(FairseqEncoder, ABC):
    """Base class of the two encoders: packing, embedding, and the output tuple of fairseq's ``LSTMEncoder``.

    Args:
        dictionary: of the source language.
        embed_dim: size of the word embeddings.
        hidden_size: units per direction.
        num_layers: number of layers.
        dropout: probability, for the embeddings and the output of each layer.
    """

    def __init__(
        self,
        dictionary: Dictionary,
        embed_dim: int,
        hidden_size: int,
        num_layers: int,
        dropout: float,
    ) -> None:
        super().__init__(dictionary)
        self.padding_idx = dictionary.pad()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.embed_tokens = Embedding(len(dictionary), embed_dim, self.padding_idx)
        self.dropout_module = FairseqDropout(dropout, module_name=self.__class__.__name__)
        self.output_units = self.build_layers(embed_dim)

    @abstractmethod
    def build_layers(self, embed_dim: int) -> int:
        """Create the layers; return the size of the top layer's output."""

    @abstractmethod
    def run_layers(self, packed: PackedSequence) -> Tuple[Tensor, Finals]:
        """Embedded words -> (words, output_units) and every layer's final (h, c), each (B, output_units)."""

    def forward(self, src_tokens: Tensor, src_lengths: Tensor, return_all_hiddens: Optional[bool] = None) -> EncoderOut:
        """Encode a batch, in any order of lengths.

        Args:
            src_tokens: (B, T) word indices, padded on either side.
            src_lengths: (B,) words of each sentence, the end-of-sentence symbol included.
            return_all_hiddens: accepted as in fairseq's other encoders, but has no effect; record the states instead.

        Returns:
            outputs (T, B, C), final h (layers, B, C), final c (layers, B, C), padding mask (T, B); C = output_units.
        """
        src_tokens = utils.convert_padding_direction(src_tokens, self.padding_idx, left_to_right=True)
        lengths = src_lengths.cpu()
        embedded = self.dropout_module(self.embed_tokens(src_tokens))  # (B, T, E)
        words = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=_is_sorted(lengths))
        outputs, finals = self.run_layers(words)  # (words, C)
        x, _ = pad_packed_sequence(words._replace(data=outputs), total_length=src_tokens.size(1))  # (T, B, C)
        return (
            self.dropout_module(x),
            torch.stack([h for h, _ in finals]),
            torch.stack([c for _, c in finals]),
            src_tokens.eq(self.padding_idx).t(),
        )

    def reorder_encoder_out(self, encoder_out: EncoderOut, new_order: Tensor) -> EncoderOut:
        x, h, c, padding = (part.index_select(1, new_order) for part in encoder_out)
        return x, h, c, padding

    def max_positions(self) -> int:
        return int(1e5)


class SeparateEncoder(BidirectionalEncoder):
    """A separate stack for each direction; the top outputs and all final states are summed (the paper's encoder)."""

    def build_layers(self, embed_dim: int) -> int:
        self.fwd = _split(LSTM(embed_dim, self.hidden_size, num_layers=self.num_layers))
        self.bwd = _split(LSTM(embed_dim, self.hidden_size, num_layers=self.num_layers))
        return self.hidden_size

    def run_layers(self, packed: PackedSequence) -> Tuple[Tensor, Finals]:
        order = reversal(packed.batch_sizes).to(packed.data.device)
        forward, forward_finals = self._run_stack(self.fwd, packed)
        backward, backward_finals = self._run_stack(self.bwd, packed._replace(data=packed.data[order]))
        finals = [(h + g, c + d) for (h, c), (g, d) in zip(forward_finals, backward_finals)]
        return forward + backward[order], finals

    def _run_stack(self, layers: nn.ModuleList, packed: PackedSequence) -> Tuple[Tensor, Finals]:
        finals = []
        for i, layer in enumerate(layers):
            if i > 0:
                packed = packed._replace(data=self.dropout_module(packed.data))
            packed, (h, c) = layer(packed)
            finals.append((h[0], c[0]))
        return packed.data, finals


class JointEncoder(BidirectionalEncoder):
    """Every layer reads both directions of the layer below; outputs are concatenated (as in fairseq's ``lstm``)."""

    def build_layers(self, embed_dim: int) -> int:
        self.layers = _split(LSTM(embed_dim, self.hidden_size, num_layers=self.num_layers, bidirectional=True))
        return 2 * self.hidden_size

    def run_layers(self, packed: PackedSequence) -> Tuple[Tensor, Finals]:
        finals = []
        for i, layer in enumerate(self.layers):
            if i > 0:
                packed = packed._replace(data=self.dropout_module(packed.data))
            packed, (h, c) = layer(packed)
            finals.append((torch.cat(h.unbind(0), dim=1), torch.cat(c.unbind(0), dim=1)))
        return packed.data, finals


def _split(stacked: nn.LSTM) -> nn.ModuleList:
    """The layers of a multi-layer LSTM as separate modules, with the parameters it was initialised with."""
    directions = 2 if stacked.bidirectional else 1
    layers = nn.ModuleList()
    for i in range(stacked.num_layers):
        size = stacked.input_size if i == 0 else directions * stacked.hidden_size
        layer = nn.LSTM(size, stacked.hidden_size, bidirectional=stacked.bidirectional, device="meta")
        for name, _ in list(layer.named_parameters()):
            setattr(layer, name, getattr(stacked, name.replace("_l0", f"_l{i}")))
        layers.append(layer)
    return layers


def _is_sorted(lengths: Tensor) -> bool:
    return bool((lengths[:-1] >= lengths[1:]).all())
