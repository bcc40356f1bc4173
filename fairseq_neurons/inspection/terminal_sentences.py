"""Print the values of a neuron at the words of a sentence on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.inspection.terminal_words import width
from fairseq_neurons.terminal_text import shown

INDENT = "    "


@dataclass(frozen=True)
class SentenceView:
    """Formats sentences with the values of one neuron.

    Args:
        low: the value shown in the darkest red, see `colour_range`.
        high: that shown in the darkest blue.
        painter: colours the words; if None, values are written below the words.
        columns: width of the terminal.
    """

    low: float
    high: float
    painter: Painter | None
    columns: int

    def lines(self, words: Sequence[str], values: np.ndarray) -> Iterator[str]:
        """The lines of a sentence.

        Args:
            words: W words of the corpus.
            values: (W,) floats, values of the neuron.
        """
        cells = [(shown(word), float(value)) for word, value in zip(words, values, strict=True)]
        if self.painter is None:
            yield from self._numbered(cells)
        else:
            for line in _wrapped([width(text) for text, _ in cells], self.columns - len(INDENT)):
                yield INDENT + " ".join(self._painted(self.painter, *cell) for cell in cells[line])

    def legend(self) -> str:
        """The legend of the colours."""
        if self.painter is None:
            return ""
        values = np.linspace(self.low, self.high, 5)
        steps = " ".join(self._painted(self.painter, self.signed(value), value) for value in values)
        own = "" if self.low == -self.high else "  (the range of most of its words, none of which is near zero)"
        return f"{INDENT}{steps}{own}"

    def signed(self, value: float) -> str:
        """Format a value with its sign and as many digits as the range requires."""
        digits = max(2, 1 - int(np.floor(np.log10(self._half)))) if self._half else 2
        # Adding 0 leaves no -0.
        return f"{round(float(value), digits) + 0.0:+.{digits}f}"

    def _painted(self, painter: Painter, text: str, value: float) -> str:
        return painter.paint(text, (value - (self.low + self.high) / 2) / self._half if self._half else 0.0)

    @property
    def _half(self) -> float:
        return (self.high - self.low) / 2

    def _numbered(self, cells: Sequence[tuple[str, float]]) -> Iterator[str]:
        """A line of words, and one of their values."""
        numbers = [self.signed(value) for _, value in cells]
        widths = [max(width(text), len(number)) for (text, _), number in zip(cells, numbers, strict=True)]
        for line in _wrapped(widths, self.columns - len(INDENT)):
            words = [_padded(text, wide) for (text, _), wide in zip(cells[line], widths[line], strict=True)]
            below = [_padded(number, wide) for number, wide in zip(numbers[line], widths[line], strict=True)]
            yield INDENT + " ".join(words).rstrip()
            yield INDENT + " ".join(below).rstrip()


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def _wrapped(widths: Sequence[int], most: int) -> Iterator[slice]:
    """Wrap words, separated by spaces, to lines of at least one word."""
    start = used = 0
    for i, wide in enumerate(widths):
        if i > start and used + wide > most:
            yield slice(start, i)
            start, used = i, 0
        used += wide + 1
    if start < len(widths):
        yield slice(start, len(widths))
