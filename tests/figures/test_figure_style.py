"""Letters and colours."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from fairseq_neurons.figures.figure_style import COLOURS, RED_WHITE_BLUE, readable_on
from fairseq_neurons.figures.printable_text import printable, runs_leftwards, shortened


@given(st.text(st.characters()))
def test_printable_text__is_a_line_of_xml_and_keeps_all_other_letters(text):
    shown = printable(text)
    assert len(shown) == len(text)
    assert len(shown.splitlines()) <= 1
    # XML itself would turn these into others.
    escaped = shown.replace("&", "&amp;").replace("<", "&lt;")
    assert (ElementTree.fromstring(f"<t>{escaped}</t>".encode()).text or "") == shown
    assert all(a == b or not a.isprintable() for a, b in zip(text, shown))


@settings(max_examples=30)
@given(st.text(max_size=50), st.integers(3, 40))
def test_shortened_text__keeps_both_ends(text, letters):
    short = shortened(text, letters)
    assert len(short) == min(len(text), letters)
    start, found, end = short.partition("…") if len(text) > letters else (short, "", "")
    assert printable(text).startswith(start) and printable(text).endswith(end)


@pytest.mark.parametrize(
    ("text", "leftwards"), [("12 שלום", True), ("مرحبا x", True), ("x مرحبا", False), ("…", False)]
)
def test_direction__is_that_of_the_first_strong_letter(text, leftwards):
    assert runs_leftwards(text) == leftwards


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """WCAG 2.2, "contrast ratio"."""

    def luminance(colour: tuple[float, ...]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@given(st.floats(0, 1))
def test_words__are_readable_on_every_colour_of_the_scale(place):
    colour = RED_WHITE_BLUE(place)
    chosen = readable_on(colour)
    other = {"black": "white", "white": "black"}[chosen]
    assert contrast(to_rgb(chosen), colour) >= 4.5
    assert contrast(to_rgb(chosen), colour) >= contrast(to_rgb(other), colour)


def test_the_scale__is_red_white_and_blue():
    (r, _, b), middle, (r2, _, b2) = (RED_WHITE_BLUE(place)[:3] for place in (0.1, 0.5, 0.9))
    assert r > b and b2 > r2
    assert middle == pytest.approx((1, 1, 1), abs=0.01)


def test_line_colours__stand_out_from_paper():
    assert all(contrast(to_rgb(colour), (1, 1, 1)) >= 2 for colour in COLOURS)
