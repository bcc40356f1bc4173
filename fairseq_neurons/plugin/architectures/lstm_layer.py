"""What all single-layer ``nn.LSTM`` layers have in common."""

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Iterator, Sequence, Tuple, Union, cast

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.neurons import Block
from fairseq_neurons.plugin.architectures.fused_lstm import FusedMaskedLSTM
from fairseq_neurons.plugin.architectures.layer import Layer, Recall
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.replaced_forward import replaced_forward
from fairseq_neurons.plugin.architectures.stepwise_lstm import StepwiseMaskedLSTM
from fairseq_neurons.plugin.architectures.word_rows import Batch, rows_of_packed, rows_of_padded

SITES = ("recurrent", "output")
Running = Callable[[], ContextManager[Any]]


@dataclass(frozen=True, eq=False)
class LSTMLayer(Layer):
    """A single-layer ``nn.LSTM`` over whole sentences, packed or padded at the end: one block, or two if bidirectional.

    The site ``recurrent`` masks the hidden state inside the recurrence: the value also feeds the next step. ``output``
    masks only what the layer hands on: to the layer above, to the attention and, if it does, to the decoder's start.
    Neither changes the cell state. ``context``, of an encoder's top layer, masks only what the attention reads: the
    decoder's start is free.

    Args:
        backwards: whether it reads the sentences from their end.
        starts_decoder: whether its final hidden state starts a decoder; that of a language model only continues its
            own recurrence.
        feeds_attention: whether the decoder's attention reads what it hands on.
        running: the context in which the module runs, if the model has another in its place.
    """

    backwards: bool = False
    starts_decoder: bool = True
    feeds_attention: bool = False
    running: Running = nullcontext

    @property
    def sites(self) -> Tuple[str, ...]:
        return (*SITES, "context") if self.feeds_attention else SITES

    @contextmanager
    def watch(self, see: Callable[[Any], None]) -> Iterator[None]:
        hook = self.module.register_forward_hook
        with self.running(), hook(lambda module, inputs, outputs: see(outputs[0])):
            yield

    def rows(self, states: Union[Tensor, PackedSequence], batch: Batch) -> Tensor:
        if isinstance(states, PackedSequence):
            return rows_of_packed(states, batch.lengths, self.backwards)
        return rows_of_padded(states, Batch(batch.lengths), self.backwards)  # at the end, whatever the source's side

    @contextmanager
    def masked(self, units: MaskedUnits) -> Iterator[None]:
        module = cast(nn.LSTM, self.module)
        starts_decoder = self.starts_decoder and units.site != "context"
        forward: Union[FusedMaskedLSTM, StepwiseMaskedLSTM] = FusedMaskedLSTM(module, units, starts_decoder)
        if units.at is not None:
            forward = StepwiseMaskedLSTM(module, units, starts_decoder, self.backwards)
        with self.running(), replaced_forward(module, forward):
            yield

    @contextmanager
    def remembered(self, recall: Recall) -> Iterator[None]:
        remembered = super().remembered(recall)
        assert remembered is not None
        with self.running(), remembered:
            yield


def lstm_stack(
    module: str,
    lstms: Sequence[nn.Module],
    parts: Tuple[str, ...],
    reads: Tuple[Layer, ...],
    backwards: bool = False,
    starts_decoder: bool = True,
    feeds_attention: bool = False,
    running: Running = nullcontext,
) -> Tuple[LSTMLayer, ...]:
    """The layers of a stack of single-layer ``nn.LSTM``, from the bottom, each reading the one below.

    Args:
        module: ``encoder`` or ``decoder``.
        lstms: from the bottom.
        parts: of each layer, in the order of its output columns.
        reads: what the bottom layer is computed from.
        backwards: see :class:`LSTMLayer`.
        starts_decoder: see :class:`LSTMLayer`.
        feeds_attention: whether the decoder's attention reads what the top layer hands on.
        running: see :class:`LSTMLayer`.
    """
    layers: Tuple[LSTMLayer, ...] = ()
    for i, lstm in enumerate(lstms):
        blocks = tuple(Block(module, i, part, cast(nn.LSTM, lstm).hidden_size) for part in parts)
        attended = feeds_attention and i == len(lstms) - 1
        below = layers[-1:] or reads
        layers += (LSTMLayer(lstm, blocks, below, "source", backwards, starts_decoder, attended, running),)
    return layers
