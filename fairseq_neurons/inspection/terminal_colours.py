"""Colour words on a terminal: red for negative values, blue for positive ones (Dalvi et al. 2019, Figure 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

import numpy as np

from fairseq_neurons.errors import InputError

CHOICES = ("auto", "always", "never")
# ColorBrewer's RdBu from -1 to 1 in equal steps, suitable for the colour-blind; https://colorbrewer2.org.
STOPS = np.array(
    [
        *([103, 0, 31], [178, 24, 43], [214, 96, 77], [244, 165, 130], [253, 219, 199], [247, 247, 247]),
        *([209, 229, 240], [146, 197, 222], [67, 147, 195], [33, 102, 172], [5, 48, 97]),
    ]
)
# Values nearer to zero keep the terminal's own colours: a pale background stands out in a dark window.
NOTHING = 0.05
# The steps of each channel in the 6 x 6 x 6 colours 16 to 231 of a terminal.
CUBE = np.array([0, 95, 135, 175, 215, 255])
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
RESET = "\x1b[0m"

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Painter:
    """Colours words by values.

    Args:
        exact: whether the terminal supports 16 million colours instead of 256.
    """

    exact: bool

    def paint(self, text: str, share: float) -> str:
        """Print a text on the colour of a value from -1 to 1, in black or white, whichever is more readable."""
        if abs(share) < NOTHING:
            return text
        back = self.colour(share)
        return f"\x1b[48;{self._code(back)};38;{self._code(readable_on(back))}m{text}{RESET}"

    def colour(self, share: float) -> Colour:
        """The colour of a value; values outside of -1 to 1 are clipped."""
        place = (min(max(share, -1.0), 1.0) + 1) / 2 * (len(STOPS) - 1)
        channels = [np.interp(place, np.arange(len(STOPS)), STOPS[:, i]) for i in range(3)]
        if not self.exact:
            channels = [CUBE[np.abs(CUBE - channel).argmin()] for channel in channels]
        red, green, blue = (round(float(channel)) for channel in channels)
        return red, green, blue

    def _code(self, colour: Colour) -> str:
        if self.exact:
            return "2;{};{};{}".format(*colour)
        red, green, blue = (int(np.searchsorted(CUBE, channel)) for channel in colour)
        return f"5;{16 + 36 * red + 6 * green + blue}"


def painter_for(color: str, stream: TextIO, environment: Mapping[str, str]) -> Painter | None:
    """The painter for a stream; None for no colours.

    Args:
        color: ``always``, ``never``, or ``auto``: only on a terminal, and not if ``NO_COLOR`` is set
            (https://no-color.org) or ``TERM`` is ``dumb``.
        stream: output stream.
        environment: environment variables; ``COLORTERM`` indicates support for 16 million colours.

    Raises:
        InputError: if there is no such choice.
    """
    if color not in CHOICES:
        raise InputError(f"color={color}: choose auto, always or never.")
    plain = not stream.isatty() or environment.get("NO_COLOR") or environment.get("TERM") == "dumb"
    if color == "never" or (color == "auto" and plain):
        return None
    return Painter(exact=environment.get("COLORTERM") in ("truecolor", "24bit"))


def readable_on(colour: Colour) -> Colour:
    """Black or white, whichever has the higher contrast."""
    return max(BLACK, WHITE, key=lambda ink: contrast(ink, colour))


def contrast(a: Colour, b: Colour) -> float:
    """WCAG 2's contrast ratio, 1 to 21; text is readable from 4.5."""
    darker, lighter = sorted((_luminance(a), _luminance(b)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    channels = np.array(colour) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
