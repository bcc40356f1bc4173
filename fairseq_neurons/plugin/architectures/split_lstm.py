"""Single-layer ``nn.LSTM`` modules in place of those of fairseq's that hide the states of their layers.

A multi-layer ``nn.LSTM`` returns the states of its top layer alone, and fairseq's decoder steps through time with
``LSTMCell``. While a layer is watched, masked or remembered, single-layer modules with the same parameters run instead.
"""

from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, Optional, Tuple
from weakref import WeakKeyDictionary

import torch
import torch.nn.functional as F
from fairseq.models.lstm import LSTMDecoder
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.plugin.architectures.replaced_forward import WhileUsed, replaced_forward

Finals = Tuple[Tensor, Tensor]
IncrementalState = Dict[str, Dict[str, Optional[Tensor]]]


class SplitLSTM:
    """The layers of a multi-layer LSTM.

    Args:
        stacked: the multi-layer LSTM of fairseq's encoder.
    """

    def __init__(self, stacked: nn.LSTM) -> None:
        directions = 2 if stacked.bidirectional else 1
        above = directions * stacked.hidden_size
        sizes = [stacked.input_size] + [above] * (stacked.num_layers - 1)
        self.layers = [_empty_layer(size, stacked.hidden_size, stacked.bidirectional) for size in sizes]
        self._context = WhileUsed()

    @contextmanager
    def used(self, stacked: nn.LSTM) -> Iterator[None]:
        """Run ``stacked`` layer by layer while the context lasts."""
        with self._context.used(lambda: replaced_forward(stacked, self._forward_of(stacked))):
            yield

    def _forward_of(self, stacked: nn.LSTM) -> Any:
        for i, layer in enumerate(self.layers):
            _bind(layer, {name: getattr(stacked, name.replace("_l0", f"_l{i}")) for name in _names(layer)})

        def forward(x: PackedSequence, start: Finals) -> Tuple[PackedSequence, Finals]:
            """``nn.LSTM.forward``; fairseq's encoder always starts from zeros."""
            finals = []
            for i, layer in enumerate(self.layers):
                if i > 0 and stacked.training and stacked.dropout:
                    x = x._replace(data=F.dropout(x.data, stacked.dropout))
                x, final = layer.train(stacked.training)(x)
                finals.append(final)
            h, c = (torch.cat(parts) for parts in zip(*finals))  # (layers * directions, B, H)
            return x, (h, c)

        return forward


class FusedCells:
    """The layers of fairseq's ``LSTMDecoder`` without an encoder: the fused kernel runs over time.

    Args:
        decoder: without residual connections.
    """

    def __init__(self, decoder: LSTMDecoder) -> None:
        self.layers = [_empty_layer(cell.input_size, cell.hidden_size) for cell in decoder.layers]
        self._context = WhileUsed()

    @contextmanager
    def used(self, decoder: LSTMDecoder) -> Iterator[None]:
        """Run the layers of ``decoder`` over all words at once while the context lasts."""
        with self._context.used(lambda: replaced_forward(decoder, self._features_of(decoder), "extract_features")):
            yield

    def _features_of(self, decoder: LSTMDecoder) -> Any:
        for layer, cell in zip(self.layers, decoder.layers):
            _bind(layer, {name: getattr(cell, name.replace("_l0", "")) for name in _names(layer)})

        def extract_features(
            prev_output_tokens: Tensor,
            encoder_out: None = None,
            incremental_state: Optional[IncrementalState] = None,
        ) -> Tuple[Tensor, None]:
            """``LSTMDecoder.extract_features``."""
            hiddens: List[Optional[Tensor]] = [None] * len(self.layers)
            cells = hiddens
            if incremental_state:
                prev_output_tokens = prev_output_tokens[:, -1:]
                hiddens, cells, _ = decoder.get_cached_state(incremental_state)
            x = decoder.dropout_in_module(decoder.embed_tokens(prev_output_tokens)).transpose(0, 1)  # (T, B, E)
            finals = []
            for layer, hidden, cell in zip(self.layers, hiddens, cells):
                start = None if hidden is None or cell is None else (hidden.unsqueeze(0), cell.unsqueeze(0))
                x, final = layer.train(decoder.training)(x, start)  # (T, B, H)
                x = decoder.dropout_out_module(x)
                finals.append(final)
            h, c = (torch.cat(parts) for parts in zip(*finals))  # (layers, B, H)
            state: Dict[str, Optional[Tensor]] = {"prev_hiddens": h, "prev_cells": c, "input_feed": None}
            decoder.set_incremental_state(incremental_state, "cached_state", state)
            # Without attention, fairseq's decoder drops out what the top layer hands on, and then what it returns.
            x = decoder.dropout_out_module(x).transpose(0, 1)  # (B, T, H)
            if hasattr(decoder, "additional_fc") and decoder.adaptive_softmax is None:
                x = decoder.dropout_out_module(decoder.additional_fc(x))
            return x, None

        return extract_features


_SPLIT: "WeakKeyDictionary[nn.LSTM, SplitLSTM]" = WeakKeyDictionary()
_FUSED: "WeakKeyDictionary[LSTMDecoder, FusedCells]" = WeakKeyDictionary()


def split_of(stacked: nn.LSTM) -> SplitLSTM:
    """The layers of a multi-layer LSTM, always the same modules."""
    return _SPLIT.get(stacked) or _SPLIT.setdefault(stacked, SplitLSTM(stacked))


def fused_cells_of(decoder: LSTMDecoder) -> FusedCells:
    """The layers of a decoder without an encoder, always the same modules."""
    return _FUSED.get(decoder) or _FUSED.setdefault(decoder, FusedCells(decoder))


def _empty_layer(size: int, hidden_size: int, bidirectional: bool = False) -> nn.LSTM:
    return nn.LSTM(size, hidden_size, bidirectional=bidirectional, device="meta")


def _names(layer: nn.LSTM) -> List[str]:
    return [name for name, _ in layer.named_parameters()]


def _bind(layer: nn.LSTM, parameters: Dict[str, nn.Parameter]) -> None:
    """Let a layer have these parameters, not copies of them."""
    for name, parameter in parameters.items():
        setattr(layer, name, parameter)
