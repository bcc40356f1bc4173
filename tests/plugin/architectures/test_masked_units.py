"""The part of a mask that concerns one layer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.masks import ChosenWords
from fairseq_neurons.plugin.architectures.masked_units import MaskedUnits, NotedBatch, NotedWords
from fairseq_neurons.plugin.architectures.word_rows import Batch

MASKED, VALUES = torch.tensor([False, True, False]), torch.tensor([0.0, 9.0, 0.0])
WORDS = ChosenWords.of([np.array([True, False]), np.array([False, True, True])])
LENGTHS = torch.tensor([2, 3])


def units_at(left_padded: bool) -> MaskedUnits:
    """At the chosen words of two sentences, announced."""
    at = NotedWords(WORDS)
    at.note(NotedBatch.of(WORDS, torch.tensor([0, 1]), Batch(LENGTHS, left_padded)))
    return MaskedUnits(MASKED, VALUES, "output", at)


def test_overwrite__sets_the_masked_units_of_all_words():
    states = torch.arange(18.0).view(3, 2, 3)
    found = MaskedUnits(MASKED, VALUES, "output").overwrite(states)
    assert (found[..., 1] == 9).all()
    assert torch.equal(found[..., [0, 2]], states[..., [0, 2]])


@pytest.mark.parametrize("left_padded", [False, True])
def test_overwrite_at_chosen_words__finds_them_on_either_side(left_padded):
    states = torch.arange(18.0).view(3, 2, 3)
    found = units_at(left_padded).overwrite(states)
    for b, length in enumerate(LENGTHS.tolist()):
        for t in range(length):
            row = 3 - length + t if left_padded else t
            masked = WORDS.sentence(b)[t]
            expected = [states[row, b, 0], 9.0 if masked else states[row, b, 1], states[row, b, 2]]
            assert found[row, b].tolist() == pytest.approx([float(number) for number in expected])
    padding = 0 if left_padded else 2
    assert torch.equal(found[padding, 0], states[padding, 0])


@pytest.mark.parametrize("shape", [(3, 1, 3), (2, 2, 3)])
def test_batch_of_another_shape_than_the_announced__is_refused(shape):
    with pytest.raises(RuntimeError, match="note_batch"):
        units_at(False).overwrite(torch.zeros(shape))


def test_announced_batch__is_read_once():
    units = units_at(False)
    units.overwrite(torch.zeros(3, 2, 3))
    with pytest.raises(RuntimeError, match="note_batch"):
        units.overwrite(torch.zeros(3, 2, 3))
