"""Rows of words taken from batches in any layout, against a loop over sentences and positions."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence

from fairseq_neurons.plugin.architectures.word_rows import Batch, padded_from_rows, rows_of_packed, rows_of_padded

LENGTHS = st.lists(st.integers(1, 6), min_size=1, max_size=5)
BACKWARDS = pytest.mark.parametrize("backwards", [False, True])


def sentences_of(lengths: list[int]) -> list[torch.Tensor]:
    """(length, 2) states for each sentence, all different."""
    return list(torch.arange(2.0 * sum(lengths)).view(-1, 2).split(lengths))


def padded(sentences: list[torch.Tensor], left: bool, backwards: bool, more: int = 0) -> torch.Tensor:
    """(T, B, 2), written word by word; padding is -1."""
    width = max(map(len, sentences)) + more
    states = torch.full((width, len(sentences), 2), -1.0)
    for b, sentence in enumerate(sentences):
        for t, word in enumerate(reversed(list(sentence)) if backwards else sentence):
            states[width - len(sentence) + t if left else t, b] = word
    return states


@BACKWARDS
@pytest.mark.parametrize("left", [False, True])
@given(lengths=LENGTHS, more=st.integers(0, 2))
def test_rows_of_padded__are_the_words_in_order_on_either_side(left, backwards, lengths, more):
    sentences = sentences_of(lengths)
    found = rows_of_padded(padded(sentences, left, backwards, more), Batch(torch.tensor(lengths), left), backwards)
    assert torch.equal(found, torch.cat(sentences))


@BACKWARDS
@given(lengths=LENGTHS)
def test_rows_of_packed__are_the_words_in_order(backwards, lengths):
    sentences = sentences_of(lengths)
    packed = pack_padded_sequence(padded(sentences, False, backwards), torch.tensor(lengths), enforce_sorted=False)
    assert torch.equal(rows_of_packed(packed, torch.tensor(lengths), backwards), torch.cat(sentences))


@BACKWARDS
@pytest.mark.parametrize("left", [False, True])
@given(lengths=LENGTHS, more=st.integers(0, 2), data=st.data())
def test_padded_from_rows__undoes_taking_rows_and_is_false_at_padding(left, backwards, lengths, more, data):
    flags = torch.tensor(data.draw(st.lists(st.booleans(), min_size=sum(lengths), max_size=sum(lengths))))
    batch = Batch(torch.tensor(lengths), left)
    found = padded_from_rows(flags, batch, backwards, width=max(lengths) + more)
    assert found.shape == (max(lengths) + more, len(lengths))
    assert torch.equal(rows_of_padded(found, batch, backwards), flags)
    assert int(found.sum()) == int(flags.sum())
