"""Words of a corpus cannot command a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.inspection.terminal_words import JOINERS, cut, shown, width


@given(st.text())
def test_shown_words__hold_no_control_or_format_character(word):
    assert {unicodedata.category(c) for c in shown(word) if c not in JOINERS}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert shown(shown(word)) == shown(word)


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_words_that_can_do_no_harm__are_shown_as_they_are(word):
    assert shown(word) == word


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\rb\nc\td", r"a\rb\nc\td"),
        ("\u202etxt.exe", r"\u202etxt.exe"),
        ("\u2028", r"\u2028"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("naïve", "naïve"),
    ],
)
def test_harmful_characters__are_spelled_out(word, expected):
    assert shown(word) == expected


def test_width__counts_wide_characters_twice_and_marks_not_at_all():
    assert [width(text) for text in ("abc", "日本", "e\u0301", "")] == [3, 4, 1, 0]


@given(st.text(), st.integers(1, 12))
def test_cut_text__fits_and_begins_alike(text, most):
    short = cut(text, most)
    assert width(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
