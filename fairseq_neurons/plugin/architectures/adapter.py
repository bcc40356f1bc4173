"""What a mask or a recorder must know of an architecture: its blocks, and where their states appear."""

from dataclasses import dataclass
from functools import singledispatch
from typing import Callable, Iterable, List, Optional, Tuple, Union, cast

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.plugin.models.language_model_lstm import LSTMLanguageModelDalvi2019
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel, LSTMDalvi2019Model


@dataclass(frozen=True)
class Cell:
    """A single-layer ``nn.LSTM`` and the blocks whose states it computes.

    Args:
        module: with one block, or two (``fwd``, ``bwd``) if bidirectional.
        blocks: in the order of its output columns.
        backwards: whether it is given the sentences from their end.
        reads: the module below whose states it is given; None if it reads the words themselves.
    """

    module: nn.LSTM
    blocks: Tuple[Block, ...]
    backwards: bool = False
    reads: Optional[nn.LSTM] = None

    def rows(self, output: Union[Tensor, PackedSequence], lengths: Tensor) -> Tensor:
        """What the module returned, word by word: (sum of lengths, units), sentence after sentence of the batch.

        Args:
            output: (T, B, units) padded at the end, or packed.
            lengths: (B,), on the CPU.
        """
        sentence = torch.repeat_interleave(torch.arange(len(lengths)), lengths)  # (words,)
        position = torch.arange(len(sentence)) - (lengths.cumsum(0) - lengths)[sentence]  # (words,)
        if self.backwards:
            position = lengths[sentence] - 1 - position
        if not isinstance(output, PackedSequence):
            return output[position.to(output.device), sentence.to(output.device)]
        batch_sizes = output.batch_sizes
        if output.unsorted_indices is not None:
            sentence = output.unsorted_indices.cpu()[sentence]
        place = (batch_sizes.cumsum(0) - batch_sizes)[position] + sentence
        return output.data[place.to(output.data.device)]


@dataclass(frozen=True)
class Adapter:
    """The neurons of one model.

    Args:
        cells: in column order.
        hands_on_final_state: whether the final hidden states start something else (a decoder); a language model's
            only continue its own recurrence.
        read: runs what has neurons, and no more, over (B, T) words and their (B,) lengths.
    """

    cells: Tuple[Cell, ...]
    hands_on_final_state: bool
    read: Callable[[Tensor, Tensor], object]

    @property
    def neurons(self) -> Neurons:
        return Neurons.of(block for cell in self.cells for block in cell.blocks)


@singledispatch
def adapter_for(model: nn.Module) -> Adapter:
    """The adapter of a model's architecture.

    Raises:
        InputError: if we know of no neurons in it.
    """
    raise InputError(
        f"{type(model).__name__} has no neurons that can be dumped or masked: use lstm_dalvi2019, "
        "lstm_dalvi2019_joint or lstm_lm_dalvi2019."
    )


@adapter_for.register
def _(model: LSTMDalvi2019Model) -> Adapter:
    cells = []
    pairs = zip(_with_below(model.encoder.fwd), _with_below(model.encoder.bwd))
    for i, ((fwd, below_fwd), (bwd, below_bwd)) in enumerate(pairs):
        cells.append(Cell(fwd, (_block("encoder", i, "fwd", fwd),), reads=below_fwd))
        cells.append(Cell(bwd, (_block("encoder", i, "bwd", bwd),), backwards=True, reads=below_bwd))
    return Adapter(tuple(cells), hands_on_final_state=True, read=model.encoder)


@adapter_for.register
def _(model: LSTMDalvi2019JointModel) -> Adapter:
    cells = (
        Cell(layer, (_block("encoder", i, "fwd", layer), _block("encoder", i, "bwd", layer)), reads=below)
        for i, (layer, below) in enumerate(_with_below(model.encoder.layers))
    )
    return Adapter(tuple(cells), hands_on_final_state=True, read=model.encoder)


@adapter_for.register
def _(model: LSTMLanguageModelDalvi2019) -> Adapter:
    layers = _with_below(model.decoder.layers)
    cells = (Cell(layer, (_block("decoder", i, "fwd", layer),), reads=below) for i, (layer, below) in enumerate(layers))
    read = model.decoder.extract_features
    return Adapter(tuple(cells), hands_on_final_state=False, read=lambda tokens, lengths: read(tokens))


def _with_below(layers: nn.ModuleList) -> Iterable[Tuple[nn.LSTM, Optional[nn.LSTM]]]:
    lstms = cast(List[nn.LSTM], list(layers))
    return zip(lstms, [None, *lstms[:-1]])


def _block(module: str, layer: int, direction: str, lstm: nn.LSTM) -> Block:
    return Block(module, layer, direction, lstm.hidden_size)
