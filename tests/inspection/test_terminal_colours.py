"""Numbers as colours."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.inspection.terminal_colours import NOTHING, STOPS, Painter, contrast, painter_for, readable_on

SHARES = st.floats(-2, 2)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@given(SHARES, st.booleans())
def test_ink__is_readable_on_every_colour(share, exact):
    colour = Painter(exact).colour(share)
    assert contrast(readable_on(colour), colour) >= 4.5


def test_contrast__is_that_of_wcag():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    # https://webaim.org/resources/contrastchecker gives 4.54 for the lightest grey that passes on white.
    assert contrast((118, 118, 118), (255, 255, 255)) == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("exact", [True, False])
def test_colours__are_red_below_zero_and_blue_above(exact):
    painter = Painter(exact)
    for share in (0.3, 0.6, 0.9):
        red, _, blue = painter.colour(share)
        assert blue > red
        red, _, blue = painter.colour(-share)
        assert red > blue


def test_exact_colours__are_those_of_colorbrewer_in_equal_steps():
    for i, stop in enumerate(STOPS.tolist()):
        assert Painter(True).colour(i / 5 - 1) == tuple(stop)
    assert Painter(True).colour(7) == tuple(STOPS[-1])


def test_words_near_zero__are_left_as_they_are():
    for painter in (Painter(True), Painter(False)):
        assert painter.paint("word", NOTHING / 2) == "word" and painter.paint("word", NOTHING) != "word"


def test_codes__are_the_colours_and_end_with_the_word():
    assert Painter(True).paint("x", 1.0) == "\x1b[48;2;5;48;97;38;2;255;255;255mx\x1b[0m"
    number = re.fullmatch(r"\x1b\[48;5;(\d+);38;5;231mx\x1b\[0m", Painter(False).paint("x", -1.0))
    # 52 is 5f0000 in the terminal's cube, the nearest to 67001f.
    assert number is not None and int(number[1]) == 52


@pytest.mark.parametrize(
    ("color", "stream", "environment", "paints"),
    [
        ("auto", Terminal(), {}, True),
        ("auto", io.StringIO(), {}, False),
        ("auto", Terminal(), {"NO_COLOR": "1"}, False),
        ("auto", Terminal(), {"NO_COLOR": ""}, True),
        ("auto", Terminal(), {"TERM": "dumb"}, False),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Terminal(), {}, False),
    ],
)
def test_painter__heeds_choice_terminal_and_no_color(color, stream, environment, paints):
    assert (painter_for(color, stream, environment) is not None) == paints


def test_painter__has_all_colours_where_the_terminal_says_so():
    for name, exact in (("truecolor", True), ("24bit", True), ("", False)):
        assert painter_for("always", Terminal(), {"COLORTERM": name}) == Painter(exact)


def test_other_choices__are_refused():
    with pytest.raises(InputError, match="color=yes: choose auto, always or never"):
        painter_for("yes", Terminal(), {})
