"""fairseq's ``LSTMDecoder`` with the hidden states of its layers in reach, to watch and to mask them."""

from contextlib import contextmanager
from typing import Callable, Dict, Iterator, List, Optional, Tuple
from weakref import WeakKeyDictionary

import torch
from fairseq.models.lstm import LSTMDecoder
from torch import Tensor

from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits
from fairseq_neurons.plugin.architectures.replaced_forward import WhileUsed, replaced_forward

EncoderOut = Tuple[Tensor, Tensor, Tensor, Tensor]
IncrementalState = Dict[str, Dict[str, Optional[Tensor]]]
See = Callable[[Tensor], None]
State = Tuple[List[Tensor], List[Tensor], Optional[Tensor]]


class SteppedDecoder:
    """Replaces ``LSTMDecoder.extract_features`` while a layer is watched or masked: the same steps, one by one.

    The site ``recurrent`` sets hidden units before the first word and after each: the layer's next step, the layer
    above and the attention read the value. ``output`` sets only what the layer hands on in the same step: to the layer
    above or, at the top, to the attention; the layer's own next step reads the free state. Cell states are free.
    """

    def __init__(self) -> None:
        self.masks: Dict[int, MaskedUnits] = {}
        self._watched: Dict[int, List[See]] = {}
        self._context = WhileUsed()

    @contextmanager
    def watch(self, decoder: LSTMDecoder, layer: int, see: See) -> Iterator[None]:
        """Call ``see`` with the hidden states (S, B, H) of a layer after every pass."""
        watchers = self._watched.setdefault(layer, [])
        with self._used(decoder):
            watchers.append(see)
            try:
                yield
            finally:
                watchers.remove(see)

    @contextmanager
    def masked(self, decoder: LSTMDecoder, layer: int, units: MaskedUnits) -> Iterator[None]:
        """Mask units of a layer, at all words."""
        with self._used(decoder):
            self.masks[layer] = units
            try:
                yield
            finally:
                del self.masks[layer]

    @contextmanager
    def _used(self, decoder: LSTMDecoder) -> Iterator[None]:
        def extract_features(
            prev_output_tokens: Tensor,
            encoder_out: Optional[EncoderOut] = None,
            incremental_state: Optional[IncrementalState] = None,
        ) -> Tuple[Tensor, Optional[Tensor]]:
            """``LSTMDecoder.extract_features``."""
            return self._extract_features(decoder, prev_output_tokens, encoder_out, incremental_state)

        with self._context.used(lambda: replaced_forward(decoder, extract_features, "extract_features")):
            yield

    def _extract_features(
        self,
        decoder: LSTMDecoder,
        words: Tensor,
        encoder_out: Optional[EncoderOut],
        incremental_state: Optional[IncrementalState],
    ) -> Tuple[Tensor, Optional[Tensor]]:
        if incremental_state:
            words = words[:, -1:]
            hidden, cell, feed = decoder.get_cached_state(incremental_state)
        else:
            hidden, cell, feed = self._start(decoder, words, encoder_out)
        embedded = decoder.dropout_in_module(decoder.embed_tokens(words)).transpose(0, 1)  # (S, B, E)
        outputs, states = [], []
        weights: List[Tensor] = []
        for word in embedded:
            below = word if feed is None else torch.cat((word, feed), dim=1)
            handed_on = self._step(decoder, below, hidden, cell)
            output = handed_on[-1]  # (B, H)
            if decoder.attention is not None and encoder_out is not None:
                output, scores = decoder.attention(output, encoder_out[0], encoder_out[3])
                weights.append(scores)  # (T, B)
            output = decoder.dropout_out_module(output)
            feed = None if feed is None else output
            outputs.append(output)
            states.append(handed_on)
        cached = {"prev_hiddens": torch.stack(hidden), "prev_cells": torch.stack(cell), "input_feed": feed}
        decoder.set_incremental_state(incremental_state, "cached_state", cached)
        for layer, watchers in self._watched.items():
            for see in watchers:
                see(torch.stack([of_layers[layer] for of_layers in states]))
        x = torch.stack(outputs, dim=1)  # (B, S, H)
        if hasattr(decoder, "additional_fc") and decoder.adaptive_softmax is None:
            x = decoder.dropout_out_module(decoder.additional_fc(x))
        needs_weights = decoder.attention is not None and decoder.need_attn and not decoder.training
        return x, torch.stack(weights).permute(2, 0, 1) if needs_weights else None  # (B, S, T)

    def _start(self, decoder: LSTMDecoder, words: Tensor, encoder_out: Optional[EncoderOut]) -> State:
        """Hidden and cell states (B, H) of each layer before the first word, and what the lowest layer is fed."""
        if encoder_out is None:
            zeros = decoder.embed_tokens.weight.new_zeros(len(words), decoder.hidden_size)
            hidden, cell, feed = [zeros] * decoder.num_layers, [zeros] * decoder.num_layers, None
        else:
            hidden, cell = list(encoder_out[1]), list(encoder_out[2])
            if decoder.encoder_hidden_proj is not None:
                hidden = [decoder.encoder_hidden_proj(h) for h in hidden]
                cell = [decoder.encoder_cell_proj(c) for c in cell]
            feed = hidden[0].new_zeros(len(words), decoder.hidden_size)
        return [self.start(layer, h) for layer, h in enumerate(hidden)], cell, feed

    def _step(self, decoder: LSTMDecoder, below: Tensor, hidden: List[Tensor], cell: List[Tensor]) -> List[Tensor]:
        """Advance the states of all layers in place; returns what each hands on, (B, H)."""
        handed_on = []
        for layer, rnn in enumerate(decoder.layers):
            before = hidden[layer]
            free, cell[layer] = rnn(below, (before, cell[layer]))
            hidden[layer], above = self.after(layer, free)
            below = decoder.dropout_out_module(above)
            if decoder.residuals:
                below = below + before
            handed_on.append(above)
        return handed_on

    def start(self, layer: int, hidden: Tensor) -> Tensor:
        """The hidden state (n, H) of a layer before the first word, masked if the mask is inside the recurrence."""
        units = self.masks.get(layer)
        return hidden if units is None or units.site != "recurrent" else units.overwrite(hidden)

    def after(self, layer: int, hidden: Tensor) -> Tuple[Tensor, Tensor]:
        """What a layer's next step reads and what the layer hands on, each (n, H), of its free hidden state."""
        units = self.masks.get(layer)
        if units is None:
            return hidden, hidden
        overwritten = units.overwrite(hidden)
        return (overwritten if units.site == "recurrent" else hidden), overwritten


_STEPPED: "WeakKeyDictionary[LSTMDecoder, SteppedDecoder]" = WeakKeyDictionary()


def stepped_of(decoder: LSTMDecoder) -> SteppedDecoder:
    """What watches and masks a decoder, always the same."""
    return _STEPPED.get(decoder) or _STEPPED.setdefault(decoder, SteppedDecoder())
