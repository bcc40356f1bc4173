"""How far a training is, by its log."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.pipelines.training_log import TrainingLog
from tests.pipelines.training_logs import begin, inner, line, training, valid


def state(*lines: str, epochs: int | None = 17) -> TrainingLog:
    log = TrainingLog(epochs)
    for one in lines:
        log.feed(one)
    return log


def test_epoch_perplexity_and_time_left__are_those_of_the_last_line():
    log = state(*training(3))
    assert (log.epoch, log.step, log.perplexity) == (3, 3, 33.33)
    assert log.seconds_left == pytest.approx(140)
    assert log.summary == "epoch 3 of 17, validation perplexity 33.33, 2 min left"


def test_a_part_of_an_epoch__counts_by_its_batches():
    log = state(*training(3), begin(30, 4), inner(35, 4, 50, 100))
    assert log.seconds_left == pytest.approx(135)
    assert log.summary.startswith("epoch 4 of 17, validation perplexity 33.33")


def test_a_resumed_training__is_as_fast_as_it_is_now():
    assert state(begin(0, 11), valid(20, 11, "5")).seconds_left == pytest.approx(6 * 20)


def test_before_there_is_anything_to_say__nothing_is():
    assert state().summary == "" and state().seconds_left is None
    assert state(begin(0, 1)).summary == "epoch 1 of 17"
    assert state(begin(0, 1), valid(9, 1, "8"), epochs=None).summary == "epoch 1, validation perplexity 8"
    assert state(*training(17)).summary == "epoch 17 of 17, validation perplexity 5.88"


def test_a_clock_that_is_set_back__gives_no_time_left():
    assert state(begin(100, 1), valid(50, 1, "8")).seconds_left is None


def test_perplexities_that_are_no_number__are_shown_as_fairseq_writes_them():
    assert state(begin(0, 1), valid(9, 1, "inf")).summary == "epoch 1 of 17, validation perplexity inf, 2 min left"
    assert math.isnan(state(valid(9, 1, "nan")).perplexity)
    assert state(valid(9, 1, "1.25e+07")).perplexity == 1.25e7


PIECES = [
    *training(2),
    line(0, "train_inner", "epoch 001:      0 / 0 loss=1"),
    line(0, "valid", "epoch 001 | valid on 'valid' subset | loss 1 | ppl 1.2.3e++ |"),
    line(0, "fairseq.trainer", "begin training epoch " + "9" * 5000),
    begin(0, 10**8).replace("2026-01-31", "2026-99-31"),
]


@given(st.lists(st.one_of(st.text(), st.sampled_from(PIECES), st.sampled_from(PIECES).map(lambda piece: piece[:60]))))
def test_any_text__is_accepted(lines):
    log = state(*lines)
    assert isinstance(log.summary, str)
    assert log.seconds_left is None or log.seconds_left > 0
