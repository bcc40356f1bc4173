"""The contents of figures: texts, and what exceeds their edges."""

from __future__ import annotations

from xml.etree import ElementTree

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from fairseq_neurons.figures import SignedFigure, render
from fairseq_neurons.figures.figure_style import house_style

SVG = "{http://www.w3.org/2000/svg}"


def svg_texts(figure: SignedFigure) -> list[str]:
    """Everything that the SVG of a figure shows as text; it is XML."""
    root = ElementTree.fromstring(render(figure, "svg"))
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


def texts(axes: Axes) -> list[str]:
    """The texts inside axes."""
    return [text.get_text() for text in axes.texts]


def tick_labels(axes: Axes) -> tuple[list[str], list[str]]:
    """The tick labels of the x and y axes."""
    return tuple([text.get_text() for text in axis.get_ticklabels()] for axis in (axes.xaxis, axes.yaxis))


def cut(figure: SignedFigure) -> float:
    """By how many points the figure is too small for what is drawn; not above 0 if nothing is cut."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    # Legends take no part in the layout.
    legends = [legend for axes in figure.axes if (legend := axes.get_legend())]
    with house_style():
        boxes = [figure.get_tightbbox(renderer).transformed(figure.dpi_scale_trans)]
    boxes += [legend.get_window_extent(renderer) for legend in legends]
    width, height = figure.bbox.width, figure.bbox.height
    beyond = [distance for box in boxes for distance in (-box.x0, -box.y0, box.x1 - width, box.y1 - height)]
    return max(beyond) * 72 / figure.dpi
