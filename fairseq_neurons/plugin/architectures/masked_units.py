"""The part of a mask that concerns one layer, and the words of a batch at which it holds."""

from typing import NamedTuple, Optional

import torch
from torch import Tensor

from fairseq_neurons.masks import ChosenWords
from fairseq_neurons.plugin.architectures.word_rows import Batch, padded_from_rows


class NotedBatch(NamedTuple):
    """The words of a batch at which a mask holds.

    Args:
        masked: bool (words,), sentence after sentence in the order of the batch, on the CPU.
        batch: its sentences.
    """

    masked: Tensor
    batch: Batch

    @classmethod
    def of(cls, words: ChosenWords, ids: Tensor, batch: Batch) -> "NotedBatch":
        """Look up the sentences of a batch.

        Args:
            words: of their data set.
            ids: (B,) their indices in it.
            batch: their lengths.

        Raises:
            RuntimeError: if the data set has no such sentence, or one of another length.
        """
        masked = [torch.zeros(0, dtype=torch.bool)]
        for i, length in zip(ids.tolist(), batch.lengths.tolist()):
            if not 0 <= i < len(words) or len(words.sentence(i)) != length:
                raise RuntimeError(
                    f"the mask's words were chosen in other data: sentence {i} is not of length {length}"
                )
            masked.append(torch.from_numpy(words.sentence(i)))
        return cls(torch.cat(masked), batch)


class NotedWords:
    """The chosen words of a mask, and those of the batch that its layer reads next.

    Args:
        words: at which the mask holds.
    """

    def __init__(self, words: ChosenWords) -> None:
        self.words = words
        self._noted: Optional[NotedBatch] = None

    def note(self, noted: NotedBatch) -> None:
        """Announce the batch that is read next."""
        self._noted = noted

    def take(self) -> Optional[NotedBatch]:
        """The announced batch, once: a later batch that nobody announces must not be masked where this one was."""
        noted, self._noted = self._noted, None
        return noted


class MaskedUnits:
    """Which units of a layer are masked, at which values, where and at which words.

    Args:
        masked: bool (units,), the columns of the layer's states.
        values: float (units,), 0 where a unit is not masked.
        site: one of the layer's sites.
        at: the words at which the mask holds; None is everywhere.
    """

    def __init__(self, masked: Tensor, values: Tensor, site: str, at: Optional[NotedWords] = None) -> None:
        self.masked, self.values, self.site, self.at = masked, values, site, at

    def move_to(self, like: Tensor) -> None:
        """Move both tensors to the device of another, and the values to its number format."""
        self.masked = self.masked.to(like.device)
        self.values = self.values.to(like)

    def overwrite(self, states: Tensor, padded_at_end: bool = False) -> Tensor:
        """(T, B, units) padded states -> the same with the masked units at their values.

        Args:
            states: of the batch that was announced, if the mask is at chosen words; otherwise of any words, (…, units).
            padded_at_end: whether their padding is at the end, on whatever side the batch has it.

        Raises:
            RuntimeError: if the mask is at chosen words and no batch of this shape was announced.
        """
        self.move_to(states)
        where = self.masked
        if self.at is not None:
            noted = self.at.take()
            if noted is None or states.size(1) != len(noted.batch.lengths) or len(states) < noted.batch.lengths.max():
                raise not_announced()
            batch = Batch(noted.batch.lengths) if padded_at_end else noted.batch
            words = padded_from_rows(noted.masked, batch, width=len(states)).to(states.device)  # (T, B)
            where = words.unsqueeze(2) & self.masked
        return torch.where(where, self.values, states)


def not_announced() -> RuntimeError:
    """The error of a mask at chosen words that does not know which sentences are read."""
    return RuntimeError(
        "a mask at chosen words must know which sentences are read: call note_batch(model, sample) before "
        "the model reads each batch, whole and once"
    )
