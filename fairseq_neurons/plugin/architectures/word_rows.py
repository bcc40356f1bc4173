"""Where the words of a batch are: from padded or packed states to one row a word, and back."""

from typing import NamedTuple, Tuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence


class Batch(NamedTuple):
    """The sentences that a model reads at once.

    Args:
        lengths: (B,) positions of each sentence, on the CPU.
        left_padded: whether the padding of shorter sentences comes before their words.
    """

    lengths: Tensor
    left_padded: bool = False


def word_positions(batch: Batch, width: int, backwards: bool = False) -> Tuple[Tensor, Tensor]:
    """Where each word is, sentence after sentence in the order of the batch.

    Args:
        batch: of ``words`` words in all.
        width: positions that the longest sentence and its padding take, T.
        backwards: whether each sentence is stored from its last word to its first.

    Returns:
        Positions and sentences, each int64 (words,).
    """
    lengths = batch.lengths
    sentence = torch.repeat_interleave(torch.arange(len(lengths)), lengths)  # (words,)
    position = torch.arange(len(sentence)) - (lengths.cumsum(0) - lengths)[sentence]  # (words,)
    if backwards:
        position = lengths[sentence] - 1 - position
    if batch.left_padded:
        position = position + (width - lengths)[sentence]
    return position, sentence


def rows_of_padded(states: Tensor, batch: Batch, backwards: bool = False) -> Tensor:
    """(T, B, C) padded states -> (words, C), sentence after sentence in the order of the batch."""
    position, sentence = word_positions(batch, len(states), backwards)
    return states[position.to(states.device), sentence.to(states.device)]


def rows_of_packed(states: PackedSequence, lengths: Tensor, backwards: bool = False) -> Tensor:
    """Packed states -> (words, C), sentence after sentence in the order of the batch."""
    position, sentence = word_positions(Batch(lengths), 0, backwards)
    sizes = states.batch_sizes
    if states.unsorted_indices is not None:
        sentence = states.unsorted_indices.cpu()[sentence]
    row = (sizes.cumsum(0) - sizes)[position] + sentence
    return states.data[row.to(states.data.device)]


def padded_from_rows(rows: Tensor, batch: Batch, backwards: bool = False, width: int = 0) -> Tensor:
    """(words,) flags, one a word -> (T, B), False at padding; T is the longest sentence, or ``width`` if larger."""
    width = max([width, *batch.lengths.tolist()])
    position, sentence = word_positions(batch, width, backwards)
    flags = rows.new_zeros(width, len(batch.lengths))
    flags[position, sentence] = rows
    return flags
