"""How far a progress bar is, by the log of its command."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from tqdm import tqdm

from fairseq_neurons.pipelines.bar_log import BarLog


def test_the_bars_that_tqdm_writes__are_read():
    log, output = BarLog(), io.StringIO()
    for _ in tqdm(range(31), "points", unit="mask", file=output, mininterval=0):
        pass
    seen = []
    for state in output.getvalue().split("\r"):
        log.feed(state)
        seen.append(log.summary)
    assert "points 12 of 31, 00:00 left" in seen
    assert seen[-1] == "points 31 of 31, 00:00 left" and log.step >= 31


def test_the_last_bar__is_the_state():
    log = BarLog()
    log.feed("points:  39%|███▊      | 12/31 [00:09<00:16,  1.13mask/s]")
    log.feed("no bar at all: 12/31")
    assert log.summary == "points 12 of 31, 00:16 left"
    log.feed("tests:   4%|▍         | 1/24 [00:01<00:34,  1.50s/test]")
    assert (log.summary, log.step) == ("tests 1 of 24, 00:34 left", 2)


@given(st.text(alphabet="points: %|/[]<,0123456789█"))
def test_any_text__is_accepted(text):
    log = BarLog()
    log.feed(text)
    assert isinstance(log.summary, str)
