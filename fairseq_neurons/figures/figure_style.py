"""The common style of all figures: sizes, colours, fonts, and a figure with a signature."""

from __future__ import annotations

import textwrap
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal

from matplotlib import font_manager, style
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from fairseq_neurons.figures.printable_text import printable

# Widths in inches: a column of a two-column paper, and the text width of a page.
COLUMN, PAGE = 3.3, 6.5
# Font sizes in points.
SMALL, NORMAL = 6.0, 7.0
# Okabe & Ito 2008, "Color Universal Design": distinguishable with any colour vision. Their yellow is too light for
# lines.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GREY = "#666666"
# Their number and that of the colours are coprime, so pairs of colour and marker repeat late.
MARKERS = ("o", "s", "^", "v", "P", "X", "p", "h")
# ColorBrewer's RdBu with white in the middle: red negative, white zero, blue positive (Dalvi et al. 2019, Figure 3).
REDS = ("#67001f", "#b2182b", "#d6604d", "#f4a582", "#fddbc7")
BLUES = ("#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061")
# With an odd number of colours, white is exactly in the middle.
RED_WHITE_BLUE: Colormap = LinearSegmentedColormap.from_list("red-white-blue", [*REDS, "#ffffff", *BLUES], N=257)
# A character is drawn by the first installed font that has it; DejaVu Sans is part of matplotlib.
FAMILIES = (
    *("DejaVu Sans", "Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans Arabic", "Noto Sans Hebrew"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Noto Emoji", "Symbola"),
)
PARAMETERS = {
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": NORMAL,
    **dict.fromkeys(("axes.labelsize", "axes.titlesize"), NORMAL),
    **dict.fromkeys(("xtick.labelsize", "ytick.labelsize", "legend.fontsize"), SMALL),
    **dict.fromkeys(("axes.linewidth", "xtick.major.width", "ytick.major.width"), 0.6),
    **dict.fromkeys(("axes.spines.top", "axes.spines.right", "legend.frameon"), False),
    "figure.dpi": 200,
    "hatch.linewidth": 0.7,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    # Words and labels are shown verbatim, including $.
    "text.parse_math": False,
    # Text remains text, and ids in the file depend only on its content.
    "svg.fonttype": "none",
    "svg.hashsalt": "fairseq-neurons",
    "pdf.fonttype": 42,
}


class SignedFigure(Figure):
    """A figure with a title and the signature of its results, which are stored in its files.

    Args:
        size: width and height in inches, without the caption.
        title: what the figure shows, in a few words.
        signature: signature of the results.
        caption: small text below the figure.
        layout: matplotlib's layout engine; None for manual layout.

    Attributes:
        below: height of the caption in inches.
    """

    def __init__(
        self,
        size: tuple[float, float],
        title: str,
        signature: str,
        caption: str | None = None,
        layout: Literal["constrained"] | None = "constrained",
    ) -> None:
        width, height = size
        lines = textwrap.wrap(printable(caption or ""), int(width * 72 / (0.6 * SMALL)))
        self.below = (1.25 * len(lines) + 0.6) * SMALL / 72 if lines else 0.0
        super().__init__(figsize=(width, height + self.below), layout=layout)
        self.title, self.signature = printable(title), printable(signature)
        if lines:
            self._write_below("\n".join(lines))

    def settled(self) -> SignedFigure:
        """Compute the layout and fix it, so that it is the same in files of all formats."""
        self.draw_without_rendering()
        self.set_layout_engine("none")
        for axes in self.axes:
            # The last digits of the layout vary between runs, and so would the names of clip paths in SVG.
            left, bottom, width, height = axes.get_position(original=True).bounds
            axes.set_position((round(left, 6), round(bottom, 6), round(width, 6), round(height, 6)))
            axes.set_in_layout(True)
        return self

    def _write_below(self, caption: str) -> None:
        height = self.get_size_inches()[1]
        self.text(0.5, 0.3 * SMALL / 72 / height, caption, ha="center", va="bottom", fontsize=SMALL, color=GREY)
        if isinstance(engine := self.get_layout_engine(), ConstrainedLayoutEngine):
            engine.set(rect=(0, self.below / height, 1, 1 - self.below / height))


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib parameters while a figure is drawn or written, independent of the user's own."""
    with style.context(["default", {**PARAMETERS, "font.family": _families()}]), warnings.catch_warnings():
        # A character missing from all installed fonts is an empty box in PNG and PDF; in SVG, the viewer's fonts apply.
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from font", UserWarning)
        yield


def readable_on(colour: str | tuple[float, ...]) -> str:
    """The text colour, black or white, with the higher contrast (WCAG 2) on a background."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]  # type: ignore[arg-type]
    luminance = sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "black" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"


@cache
def _families() -> list[str]:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [*(family for family in FAMILIES if family in installed), "sans-serif"]
