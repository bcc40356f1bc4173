"""Sentences coloured by a neuron (Dalvi et al. 2019, Figure 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.figures.figure_signatures import signed
from fairseq_neurons.figures.figure_style import PAGE, RED_WHITE_BLUE, SMALL, SignedFigure, house_style, readable_on
from fairseq_neurons.figures.printable_text import runs_leftwards, shortened
from fairseq_neurons.statistics.colour_range import colour_range

# In points, like the axes of the figure. Font sizes of words and values:
WORD_SIZE, VALUE_SIZE = 7.5, 5.0
PADDING, GAP, MARGIN = 2.5, 1.5, 5.0
BOX, LINE, LINE_WITH_NUMBERS, BETWEEN = 12.0, 14.5, 20.0, 6.0
NUMBER, SCALE = 17.0, 34.0
LONGEST_WORD = 60


class PlacedWord(NamedTuple):
    """A word with its value, left edge, upper edge and width in points, and the factor by which it is shrunk to fit."""

    text: str
    value: float
    x: float
    y: float
    width: float
    shrunk: float


@house_style()
def coloured_sentences(
    dump: Activations,
    neuron: int | str,
    sentences: Sequence[int],
    values: bool = False,
    width: float = PAGE,
    caption: str | None = None,
) -> SignedFigure:
    """Draw sentences with words coloured by a neuron: red if it is negative, white at zero, blue if it is positive.

    The colour scale is symmetric and ends at the largest absolute value shown; of a saturated neuron, it spans the
    range of the values shown, see `colour_range`. Sentences in right-to-left scripts are
    laid out from right to left.

    Args:
        dump: states and words.
        neuron: index or name of the neuron.
        sentences: indices of the sentences.
        values: write the values below the words.
        width: inches; the height depends on the text.
        caption: small text below the figure.

    Raises:
        InputError: if there is no such neuron or sentence, the sentences have no words, or a value is not finite.
    """
    column = dump.neurons.index(str(neuron))
    words, values_of = _read(dump, column, sentences)
    flow = _flow(words, values_of, width * 72 - 2 * MARGIN, values)
    low, high = colour_range(np.array([word.value for word in flow]))
    ends = {"limit": f"{high or 1.0:.4g}"} if low == -high else {"low": f"{low:.4g}", "high": f"{high:.4g}"}
    height = max(word.y for word in flow) + (LINE_WITH_NUMBERS if values else LINE) + 2 * MARGIN + SCALE
    name = dump.neurons.name(column)
    signature = signed(
        "coloured-sentences",
        [signature_of(dump)],
        neuron=name,
        sentences=",".join(map(str, sentences)),
        **ends,
    )
    title = f"Sentences coloured by neuron {name} ({column})"
    figure = SignedFigure((width, height / 72), title, signature, caption, layout=None)
    scale = Normalize(low, high) if low < high else Normalize(-1, 1)
    axes = _canvas(figure)
    for word in flow:
        _draw(axes, word, scale, values)
    _explain(figure, scale, name, column, own=low != -high)
    return figure


def signature_of(dump: Activations) -> str:
    """The signature of a dump."""
    made = dump.manifest
    fields = {"checkpoint": made.checkpoint_sha256[:8], "data": made.data, "subset": made.subset, "mask": made.mask}
    fields |= {"pooling": made.pooling, "dtype": made.dtype, "side": "target" if made.side == "target" else ""}
    return "|".join(f"{name}:{value}" for name, value in fields.items() if value)


def _read(dump: Activations, column: int, sentences: Sequence[int]) -> tuple[list[list[str]], list[np.ndarray]]:
    """The words and values, float64 (words,), of every sentence."""
    for number in sentences:
        if not 0 <= number < dump.manifest.sentences:
            most = dump.manifest.sentences - 1
            raise InputError(f"There is no sentence {number} in {dump.path}, which has sentences 0 to {most}.")
    words = [dump.sentences[number] for number in sentences]
    if not any(words):
        raise InputError(f"The chosen sentences of {dump.path} have no words.")
    values = [dump.sentence(number)[:, column].astype(np.float64) for number in sentences]
    if not all(np.isfinite(states).all() for states in values):
        raise InputError(f"{dump.path}: neuron {column} has values in the chosen sentences that are not finite.")
    return words, values


def _flow(
    words: Sequence[Sequence[str]], values: Sequence[np.ndarray], width: float, numbers: bool
) -> list[PlacedWord]:
    """Place every word: wrap lines at a width in points, and put sentences below each other."""
    ruler, line = _Ruler(), LINE_WITH_NUMBERS if numbers else LINE
    placed: list[PlacedWord] = []
    top = MARGIN
    for sentence, states in zip(words, values, strict=True):
        leftwards, x = runs_leftwards(" ".join(sentence)), 0.0
        for text, value in zip((shortened(word, LONGEST_WORD) for word in sentence), states.tolist(), strict=True):
            natural = ruler.width(text) + 2 * PADDING
            taken = max(min(natural, width), NUMBER if numbers else 0)
            if x and x + taken > width:
                x, top = 0.0, top + line
            left = MARGIN + (width - x - taken if leftwards else x)
            placed.append(PlacedWord(text, value, left, top, taken, min(1, width / natural)))
            x += taken + GAP
        top += line + BETWEEN if sentence else 0
    return placed


class _Ruler:
    """Measures words in points."""

    def __init__(self) -> None:
        # At 72 dots per inch, a dot is a point.
        figure = Figure(dpi=72)
        self._renderer = FigureCanvasAgg(figure).get_renderer()
        self._text = figure.text(0, 0, "", fontsize=WORD_SIZE)

    def width(self, text: str) -> float:
        self._text.set_text(text)
        return float(self._text.get_window_extent(self._renderer).width)


def _canvas(figure: SignedFigure) -> Axes:
    """Axes over the whole figure, in points from the upper left corner."""
    axes = figure.add_axes((0, 0, 1, 1))
    width, height = 72 * figure.get_size_inches()
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    return axes


def _draw(axes: Axes, word: PlacedWord, scale: Normalize, values: bool) -> None:
    colour = RED_WHITE_BLUE(float(scale(word.value)))
    shape = f"round,pad=0,rounding_size={BOX / 6}"
    box = FancyBboxPatch((word.x, word.y), word.width, BOX, shape, facecolor=colour, edgecolor="#cccccc", linewidth=0.3)
    axes.add_patch(box)
    middle, size = word.x + word.width / 2, WORD_SIZE * word.shrunk
    baseline = word.y + 0.72 * BOX
    axes.text(middle, baseline, word.text, ha="center", va="baseline", fontsize=size, color=readable_on(colour))
    if values:
        axes.text(middle, word.y + BOX + 1, f"{word.value:+.2f}", ha="center", va="top", fontsize=VALUE_SIZE)


def _explain(figure: SignedFigure, scale: Normalize, name: str, column: int, own: bool) -> None:
    height = figure.get_size_inches()[1] * 72
    bottom = (72 * figure.below + 23) / height
    bar = figure.colorbar(
        ScalarMappable(scale, RED_WHITE_BLUE),
        cax=figure.add_axes((0.3, bottom, 0.4, 6 / height)),
        orientation="horizontal",
    )
    bar.outline.set_linewidth(0.3)
    bar.ax.tick_params(labelsize=SMALL, length=2)
    about = ", coloured by the range of these words, not from zero" if own else ""
    bar.set_label(f"value of {name} ({column}){about}", fontsize=SMALL)
