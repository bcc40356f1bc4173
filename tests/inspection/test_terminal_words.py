"""How much of a terminal a word takes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.inspection.terminal_words import cut, width


def test_width__counts_wide_characters_twice_and_marks_not_at_all():
    assert [width(text) for text in ("abc", "日本", "e\u0301", "")] == [3, 4, 1, 0]


@given(st.text(), st.integers(1, 12))
def test_cut_text__fits_and_begins_alike(text, most):
    short = cut(text, most)
    assert width(short) <= most
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
