"""Sentences on a terminal."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.inspection.terminal_sentences import INDENT, SentenceView
from fairseq_neurons.inspection.terminal_words import width
from fairseq_neurons.terminal_text import shown

WORDS = st.lists(st.text(st.characters(exclude_categories=["Z"]), min_size=1, max_size=8), min_size=1, max_size=12)
SGR = re.compile(r"\x1b\[[0-9;]*m")


def values_of(words: list[str]) -> np.ndarray:
    return np.linspace(-1, 1, len(words))


@given(WORDS, st.integers(20, 60))
def test_lines__hold_all_words_and_values_in_their_order_and_fit(words, columns):
    lines = list(SentenceView(-1.0, 1.0, None, columns).lines(words, values_of(words)))
    assert "".join(lines[::2]).split() == [word for word in map(shown, words) if word]
    assert "".join(f"{line} " for line in lines[1::2]).split() == [f"{value:+.2f}" for value in values_of(words)]
    longest = max(width(shown(word)) for word in words)
    assert all(width(line) <= max(columns, len(INDENT) + longest) for line in lines)


@given(WORDS, st.integers(20, 60))
def test_coloured_lines__hold_all_words_and_no_code_but_colours(words, columns):
    lines = list(SentenceView(-1.0, 1.0, Painter(True), columns).lines(words, values_of(words)))
    plain = [SGR.sub("", line) for line in lines]
    assert " ".join(plain).split() == [shown(word) for word in words]
    assert not any("\x1b" in line for line in plain)
    assert "".join(lines).count("\x1b[48;2;") == sum(abs(value) >= 0.05 for value in values_of(words))


def test_values__stand_below_their_words():
    lines = list(
        SentenceView(-1.0, 1.0, None, 30).lines(["no", "日本日本", "e\u0301", "end"], np.array([0.5, -1, 0, 1]))
    )
    assert lines == ["    no    日本日本 e\u0301     end", "    +0.50 -1.00    +0.00 +1.00"]
    lines = list(SentenceView(-1.0, 1.0, None, 18).lines(["one", "two", "three"], np.array([0.5, -1, 0])))
    assert lines == ["    one   two", "    +0.50 -1.00", "    three", "    +0.00"]


def test_shade__is_the_value_by_the_largest():
    painter = Painter(True)
    (line,) = SentenceView(-4.0, 4.0, painter, 80).lines(["a", "b"], np.array([-2.0, 4.0]))
    assert line == f"{INDENT}{painter.paint('a', -0.5)} {painter.paint('b', 1.0)}"
    (line,) = SentenceView(-0.0, 0.0, painter, 80).lines(["a", "b"], np.zeros(2))
    assert line == f"{INDENT}a b"


def test_legend__goes_from_the_lowest_to_the_highest():
    assert SGR.sub("", SentenceView(-0.8, 0.8, Painter(False), 80).legend()).split() == [
        *("-0.80", "-0.40", "+0.00", "+0.40", "+0.80")
    ]
    assert SentenceView(-0.8, 0.8, None, 80).legend() == ""


def test_saturated_neuron__has_colours_and_digits_of_its_own_range():
    painter = Painter(True)
    view = SentenceView(0.9, 0.94, painter, 80)
    (line,) = view.lines(["a", "b", "c"], np.array([0.9, 0.92, 0.93]))
    assert line == f"{INDENT}{painter.paint('a', -1.0)} b {painter.paint('c', (0.93 - 0.92) / 0.02)}"
    assert SGR.sub("", view.legend()).split()[:6] == [*("+0.900", "+0.910", "+0.920", "+0.930", "+0.940", "(the")]


def test_what_rounds_to_zero__has_no_minus():
    assert SentenceView(-1.0, 1.0, None, 80).signed(-0.001) == "+0.00"


@pytest.mark.parametrize(("scale", "expected"), [(1.0, "+0.12"), (30.0, "+0.12"), (0.05, "+0.123"), (0.002, "+0.1235")])
def test_numbers__have_digits_enough_for_the_scale(scale, expected):
    assert SentenceView(-scale, scale, None, 80).signed(0.12346) == expected
