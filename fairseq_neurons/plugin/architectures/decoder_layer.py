"""The layers of fairseq's ``LSTMDecoder``: hidden states of its ``LSTMCell``, step by step."""

from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Tuple, cast

from fairseq.models.lstm import LSTMDecoder
from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block
from fairseq_neurons.plugin.architectures.input_layer import InputLayer
from fairseq_neurons.plugin.architectures.layer import Layer, Recall
from fairseq_neurons.plugin.architectures.lstm_layer import SITES
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.stepped_decoder import stepped_of
from fairseq_neurons.plugin.architectures.word_rows import Batch, rows_of_padded


@dataclass(frozen=True, eq=False)
class DecoderLayer(Layer):
    """A layer of a decoder; its module is the decoder. For the sites, see `SteppedDecoder`."""

    @property
    def decoder(self) -> LSTMDecoder:
        return cast(LSTMDecoder, self.module)

    @property
    def number(self) -> int:
        """Counted from 0 at the bottom."""
        return self.blocks[0].layer

    @property
    def sites(self) -> Tuple[str, ...]:
        return SITES

    def watch(self, see: Callable[[Any], None]) -> ContextManager[Any]:
        return stepped_of(self.decoder).watch(self.decoder, self.number, see)

    def rows(self, states: Tensor, batch: Batch) -> Tensor:
        return rows_of_padded(states, batch)

    def masked(self, units: MaskedUnits) -> ContextManager[Any]:
        if units.at is not None:
            raise InputError(f"{self.name} cannot be masked at chosen words: mask it at all words.")
        return stepped_of(self.decoder).masked(self.decoder, self.number, units)

    def remembered(self, recall: Recall) -> None:
        """Nothing: what it returns depends on more than the words of a batch."""
        return None


def decoder_layers(decoder: LSTMDecoder, reads: Tuple[Layer, ...], side: str = "target") -> Tuple[Layer, ...]:
    """The layers of a decoder, from what the bottom one reads: the word, without the state that is fed to it.

    Args:
        decoder: of a translation model, or of a language model.
        reads: the encoder's layers that it reads.
        side: whose words it reads.
    """
    width = decoder.embed_tokens.embedding_dim
    embedded = Block("decoder", 0, "in", width)
    bottom = InputLayer(decoder.dropout_in_module, (embedded,), (), side, padded_at_end=side == "source")
    layers: Tuple[Layer, ...] = (bottom,)
    for i in range(decoder.num_layers):
        layers += (
            DecoderLayer(decoder, (Block("decoder", i, "fwd", decoder.hidden_size),), (layers[-1], *reads), side),
        )
    return layers
