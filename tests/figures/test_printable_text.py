"""Text that figures can show."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.figures.printable_text import printable, runs_leftwards, shortened


@given(st.text(max_size=20))
def test_printable_text__is_one_line_of_xml_as_long_as_before(text):
    shown = printable(text)
    assert len(shown) == len(text) and len(shown.splitlines()) <= 1
    escaped = shown.replace("&", "&amp;").replace("<", "&lt;")
    assert ElementTree.fromstring(f"<a>{escaped}</a>").text == (shown or None)


@given(st.text("abc\n", max_size=30), st.integers(2, 20))
def test_shortened_text__keeps_both_ends(text, length):
    short = shortened(text, length)
    if len(text) <= length:
        assert short == printable(text)
    else:
        start, _, end = short.partition("…")
        assert len(short) == length and printable(text).startswith(start) and printable(text).endswith(end)


@pytest.mark.parametrize(
    ("text", "leftwards"),
    [("word", False), ("עברית", True), ("12 !", False), ("12 كلمة word", True), ("word עברית", False), ("", False)],
)
def test_direction__is_that_of_the_first_letter(text, leftwards):
    assert runs_leftwards(text) == leftwards
