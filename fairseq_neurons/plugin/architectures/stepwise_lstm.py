"""An LSTM layer masked at chosen words alone: step by step through time, as no fused kernel can."""

from typing import List, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits, not_announced
from fairseq_neurons.plugin.architectures.word_rows import Batch, padded_from_rows

Words = Union[Tensor, PackedSequence]


class StepwiseMaskedLSTM:
    """The forward pass of an LSTM layer in which some units are masked at chosen words and free at all others.

    Args:
        module: a single-layer ``nn.LSTM``.
        units: masked at any site of `LSTMLayer`, at chosen words.
        starts_decoder: whether its final hidden state starts a decoder.
        backwards: whether it reads the sentences from their end.
    """

    def __init__(self, module: nn.LSTM, units: MaskedUnits, starts_decoder: bool, backwards: bool) -> None:
        self.module, self.units = module, units
        self.starts_decoder, self.backwards = starts_decoder, backwards

    def __call__(self, x: Words, start: Optional[Tuple[Tensor, Tensor]] = None) -> Tuple[Words, Tuple[Tensor, Tensor]]:
        """``nn.LSTM.forward`` of whole sentences: packed or (T, B, input) words -> words, (h, c).

        Raises:
            RuntimeError: if the batch was not announced, once for each time it is read.
        """
        assert self.units.at is not None
        noted = self.units.at.take()
        if noted is None or start is not None:
            raise not_announced()
        lengths = noted.batch.lengths
        at = padded_from_rows(noted.masked, Batch(lengths), self.backwards)  # (T, B)
        if not _has_lengths(x, lengths):
            raise not_announced()
        if not at.any():
            return nn.LSTM.forward(self.module, x)
        weight = next(self.module.parameters())
        self.units.move_to(weight)
        at, lengths = at.to(weight.device), lengths.to(weight.device)
        return self._step(x, at) if self.units.site == "recurrent" else self._hand_on(x, at, lengths)

    def _hand_on(self, x: Words, at: Tensor, lengths: Tensor) -> Tuple[Words, Tuple[Tensor, Tensor]]:
        output, (h, c) = nn.LSTM.forward(self.module, x)
        data, sizes, columns = _flat(output, at)
        rows = torch.cat([columns[t, :size] for t, size in enumerate(sizes)])  # (words,)
        data = torch.where(rows.unsqueeze(1) & self.units.masked, self.units.values, data)
        if self.starts_decoder:
            last = [at.gather(0, lengths.unsqueeze(0) - 1)[0], at[0]][: len(h)]  # (B,) of each direction
            masked, values = (part.view(len(h), 1, -1) for part in (self.units.masked, self.units.values))
            h = torch.where(torch.stack(last).unsqueeze(2) & masked, values, h)  # (directions, B, H)
        return _like(output, data), (h, c)

    def _step(self, x: Words, at: Tensor) -> Tuple[Words, Tuple[Tensor, Tensor]]:
        data, sizes, at = _flat(x, at)
        directions = ["l0", "l0_reverse"] if self.module.bidirectional else ["l0"]
        count = len(directions)
        chunks = zip(directions, self.units.masked.chunk(count), self.units.values.chunk(count))
        passes = [self._direction(data.split(sizes), at, *chunk) for chunk in chunks]
        outputs, h, c = zip(*passes)
        final = torch.stack(h), torch.stack(c)  # (directions, B, H)
        if isinstance(x, PackedSequence) and x.unsorted_indices is not None:
            final = final[0][:, x.unsorted_indices], final[1][:, x.unsorted_indices]
        return _like(x, torch.cat(outputs, dim=1)), final

    def _direction(
        self, steps: Tuple[Tensor, ...], at: Tensor, name: str, masked: Tensor, values: Tensor
    ) -> Tuple[Tensor, Tensor, Tensor]:
        """Words by step, each (sentences that have one, input) -> (words, H), final h and c (B, H)."""
        weights = [getattr(self.module, f"{part}_{name}") for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        h = c = steps[0].new_zeros(at.size(1), self.module.hidden_size)  # (B, H)
        outputs: List[Tensor] = list(steps)
        order = range(len(steps))
        for t in reversed(order) if name.endswith("reverse") else order:
            size = len(steps[t])
            h_t, c_t = torch.lstm_cell(steps[t], (h[:size], c[:size]), *weights)
            outputs[t] = torch.where(at[t, :size].unsqueeze(1) & masked, values, h_t)
            # The other sentences have ended or, from the end, not begun.
            h, c = torch.cat([outputs[t], h[size:]]), torch.cat([c_t, c[size:]])
        return torch.cat(outputs), h, c


def _has_lengths(x: Words, lengths: Tensor) -> bool:
    """Whether these words, packed or (T, B, input), can be sentences of these lengths."""
    if not isinstance(x, PackedSequence):
        return x.shape[:2] == (int(lengths.max()), len(lengths))
    place = torch.arange(int(x.batch_sizes[0])).unsqueeze(1)  # (B, 1)
    found = (x.batch_sizes > place).sum(1)  # (B,), the longest first
    return torch.equal(found if x.unsorted_indices is None else found[x.unsorted_indices.cpu()], lengths)


def _flat(x: Words, at: Tensor) -> Tuple[Tensor, List[int], Tensor]:
    """Words (sum of sizes, features), how many each step has, and ``at`` with its columns in their order."""
    if not isinstance(x, PackedSequence):
        return x.flatten(0, 1), [x.size(1)] * x.size(0), at
    order = x.sorted_indices
    return x.data, x.batch_sizes.tolist(), at if order is None else at[:, order]


def _like(x: Words, data: Tensor) -> Words:
    """Flat words, packed or (T, B, features) as ``x`` is."""
    return x._replace(data=data) if isinstance(x, PackedSequence) else data.view(*x.shape[:2], -1)
