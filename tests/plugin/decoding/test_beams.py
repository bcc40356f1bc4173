"""Unfinished hypotheses of a batch, against lists."""

from __future__ import annotations

import pytest
import torch

from fairseq_neurons.plugin.decoding.beams import Beams

START, PAD = 2, 1


@pytest.fixture
def beams() -> Beams:
    """Two sentences of three words with two beams each, and two words generated: 10 and 20 at row r become 10 + r."""
    made = Beams.start(torch.zeros(2, 3, dtype=torch.long), beam=2, longest=4, first=START, pad=PAD)
    own = torch.arange(4).view(2, 2)
    for step in (0, 1):
        made.attend(step, torch.full((2, 2, 3), float(step)) + own[..., None])
        made.extend(step, own, own + 10 * (step + 1), own * 0.5 + step)
    return made


def test_start__is_the_start_symbol_and_room_for_the_longest():
    made = Beams.start(torch.zeros(2, 3, dtype=torch.long), beam=2, longest=4, first=START, pad=PAD)
    assert made.tokens.tolist() == [[START] + [PAD] * 5] * 4
    assert made.scores.shape == (4, 5) and made.attention.shape == (4, 6, 3) and not made.ignored.any()


def test_extend__copies_the_beam_that_is_continued(beams):
    beams.attend(2, torch.zeros(2, 1, 3))
    beams.extend(2, torch.tensor([[1, 1], [2, 3]]), torch.tensor([[5, 6], [7, 8]]), torch.zeros(2, 2))
    assert beams.tokens[:, :4].tolist() == [[2, 11, 21, 5], [2, 11, 21, 6], [2, 12, 22, 7], [2, 13, 23, 8]]
    assert beams.scores[:, :2].tolist() == [[0.5, 1.5], [0.5, 1.5], [1.0, 2.0], [1.5, 2.5]]
    assert beams.attention[:, 1, 0].tolist() == [1.0, 1.0, 2.0, 3.0]


def test_keep_sentences__drops_the_beams_of_others(beams):
    beams.ignored[1, 0] = True
    beams.keep_sentences(torch.tensor([1]))
    assert beams.tokens[:, :3].tolist() == [[2, 12, 22], [2, 13, 23]]
    assert beams.ignored.tolist() == [[True, False]] and len(beams.scores) == len(beams.attention) == 2


def test_decoder_without_attention__has_none(beams):
    beams.attend(2, None)
    beams.keep_sentences(torch.tensor([0]))
    beams.extend(2, torch.tensor([[1, 0]]), torch.tensor([[5, 6]]), torch.zeros(1, 2))
    assert beams.attention is None and beams.tokens[:, 3].tolist() == [5, 6]
