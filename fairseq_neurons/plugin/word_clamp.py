"""Hold units of one LSTM layer at chosen words alone: step by step through time, as no fused kernel can."""

from typing import List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pad_sequence

from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.plugin.architectures.adapter import Adapter, Cell

Words = Union[Tensor, PackedSequence]


class NotedBatch(NamedTuple):
    """Where the mask holds in the batch that is read next.

    Args:
        held: bool (T, B), on the CPU.
        lengths: (B,), on the CPU.
    """

    held: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, words: ChosenWords, ids: Tensor, lengths: Tensor) -> "NotedBatch":
        """The part of a choice that is about these sentences.

        Args:
            words: of their data set.
            ids: (B,) their indices in it.
            lengths: (B,) positions of each.

        Raises:
            RuntimeError: if the data set has no such sentence, or one of another length.
        """
        held = []
        for i, length in zip(ids.tolist(), lengths.tolist()):
            if not 0 <= i < len(words) or len(words.sentence(i)) != length:
                raise RuntimeError(
                    f"the mask's words were chosen in other data: sentence {i} is not of length {length}"
                )
            held.append(torch.from_numpy(words.sentence(i)))
        return cls(pad_sequence(held), lengths.cpu())

    def backwards(self) -> "NotedBatch":
        """The same for a layer that is given the sentences from their end."""
        position = torch.arange(len(self.held)).unsqueeze(1)  # (T, 1)
        from_end = (self.lengths - 1 - position) % len(self.held)  # (T, B), padding stays behind the words
        return self._replace(held=self.held.gather(0, from_end))

    def is_of(self, x: Words) -> bool:
        """Whether these words, packed or (T, B, input), can be those of the batch."""
        if not isinstance(x, PackedSequence):
            return x.shape[:2] == self.held.shape
        place = torch.arange(int(x.batch_sizes[0])).unsqueeze(1)  # (B, 1)
        lengths = (x.batch_sizes > place).sum(1)  # (B,), the longest first
        return torch.equal(lengths if x.unsorted_indices is None else lengths[x.unsorted_indices.cpu()], self.lengths)


class WordClamp:
    """A forward pass of one LSTM layer in which some units are held at chosen words and free at all others.

    Args:
        cell: the layer.
        units: (n,) columns of its output.
        values: (n,).
        mask: says at which site, and at which words.
        adapter: says where the final state goes.
    """

    def __init__(self, cell: Cell, units: Tensor, values: Tensor, mask: Mask, adapter: Adapter) -> None:
        assert mask.words is not None
        self.module, self.backwards, self.words = cell.module, cell.backwards, mask.words
        self.recurrent = mask.site == "recurrent"
        self.clamps_final_state = adapter.hands_on_final_state
        size = cell.module.hidden_size * len(cell.blocks)
        self.clamped = torch.zeros(size, dtype=torch.bool).index_fill(0, units, True)  # (units,)
        self.values = torch.zeros(size).index_copy(0, units, values)  # (units,)
        self.noted: Optional[NotedBatch] = None

    def __call__(self, x: Words, start: Optional[Tuple[Tensor, Tensor]] = None) -> Tuple[Words, Tuple[Tensor, Tensor]]:
        """``nn.LSTM.forward`` of whole sentences: packed or (T, B, input) words -> words, (h, c).

        Raises:
            RuntimeError: if the batch has not been noted, once for each time it is read.
        """
        # Forgotten at once: a later batch that nobody notes must not be clamped where this one was.
        noted, self.noted = self.noted, None
        if noted is None or start is not None or not noted.is_of(x):
            raise RuntimeError(
                "a mask at chosen words must know which sentences are read: call note_batch(model, sample) before "
                "the model reads each batch, whole and once"
            )
        if not noted.held.any():
            return nn.LSTM.forward(self.module, x)
        weight = next(self.module.parameters())
        self.clamped, self.values = self.clamped.to(weight.device), self.values.to(weight)
        noted = noted.backwards() if self.backwards else noted
        noted = NotedBatch(noted.held.to(weight.device), noted.lengths.to(weight.device))
        return self._step(x, noted.held) if self.recurrent else self._hand_on(x, noted)

    def _hand_on(self, x: Words, noted: NotedBatch) -> Tuple[Words, Tuple[Tensor, Tensor]]:
        output, (h, c) = nn.LSTM.forward(self.module, x)
        data, sizes, held = _flat(output, noted.held)
        rows = torch.cat([held[t, :size] for t, size in enumerate(sizes)])  # (words,)
        data = torch.where(rows.unsqueeze(1) & self.clamped, self.values, data)
        if self.clamps_final_state:
            last = [noted.held.gather(0, noted.lengths.unsqueeze(0) - 1)[0], noted.held[0]][: len(h)]
            clamped, values = (part.view(len(h), 1, -1) for part in (self.clamped, self.values))  # (directions, 1, H)
            h = torch.where(torch.stack(last).unsqueeze(2) & clamped, values, h)
        return _like(output, data), (h, c)

    def _step(self, x: Words, held: Tensor) -> Tuple[Words, Tuple[Tensor, Tensor]]:
        data, sizes, held = _flat(x, held)
        directions = ["l0", "l0_reverse"] if self.module.bidirectional else ["l0"]
        chunks = zip(directions, self.clamped.chunk(len(directions)), self.values.chunk(len(directions)))
        passes = [self._direction(data.split(sizes), held, *chunk) for chunk in chunks]
        outputs, h, c = zip(*passes)
        final = torch.stack(h), torch.stack(c)  # (directions, B, H)
        if isinstance(x, PackedSequence) and x.unsorted_indices is not None:
            final = final[0][:, x.unsorted_indices], final[1][:, x.unsorted_indices]
        return _like(x, torch.cat(outputs, dim=1)), final

    def _direction(
        self, steps: Tuple[Tensor, ...], held: Tensor, name: str, clamped: Tensor, values: Tensor
    ) -> Tuple[Tensor, Tensor, Tensor]:
        """Words by step, each (sentences that go on, input) -> (words, H), final h and c (B, H)."""
        weights = [getattr(self.module, f"{part}_{name}") for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        h = c = steps[0].new_zeros(held.size(1), self.module.hidden_size)  # (B, H)
        outputs: List[Tensor] = list(steps)
        order = range(len(steps))
        for t in reversed(order) if name.endswith("reverse") else order:
            size = len(steps[t])
            h_t, c_t = torch.lstm_cell(steps[t], (h[:size], c[:size]), *weights)
            outputs[t] = torch.where(held[t, :size].unsqueeze(1) & clamped, values, h_t)
            # The others have ended, or, from the end, not begun.
            h, c = torch.cat([outputs[t], h[size:]]), torch.cat([c_t, c[size:]])
        return torch.cat(outputs), h, c


def _flat(x: Words, held: Tensor) -> Tuple[Tensor, List[int], Tensor]:
    """Words (sum of sizes, features), how many each step has, and ``held`` with its columns in their order."""
    if not isinstance(x, PackedSequence):
        return x.flatten(0, 1), [x.size(1)] * x.size(0), held
    order = x.sorted_indices
    return x.data, x.batch_sizes.tolist(), held if order is None else held[:, order]


def _like(x: Words, data: Tensor) -> Words:
    """Flat words, packed or (T, B, features) as ``x`` is."""
    return x._replace(data=data) if isinstance(x, PackedSequence) else data.view(*x.shape[:2], -1)
