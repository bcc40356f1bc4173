"""Text from files cannot command a terminal."""

from __future__ import annotations

import logging
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.terminal_text import JOINERS, ShownFormatter, shown, shown_lines


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


def test_lines_and_tabs_of_a_message__stay():
    assert shown_lines("a\tb\n\x1b[2Jc\u2028d\r\n") == "a\tb\n\\x1b[2Jc\\u2028d\\r\n"


def test_log_messages__are_shown():
    record = logging.LogRecord("n", logging.INFO, "p", 1, "%s: read\n%d", ("out\x1b[31m", 3), None)
    assert ShownFormatter("%(message)s").format(record) == "out\\x1b[31m: read\n3"
