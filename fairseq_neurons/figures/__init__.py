"""Figures of result files: one function per figure, without pyplot; the same results give the same bytes."""

from fairseq_neurons.figures.curve_figure import ablation_curves
from fairseq_neurons.figures.figure_files import render, save
from fairseq_neurons.figures.figure_style import COLUMN, PAGE, SignedFigure
from fairseq_neurons.figures.focus_figure import focus_bars
from fairseq_neurons.figures.grid_figure import regularisation_grid
from fairseq_neurons.figures.layer_figure import layer_histogram
from fairseq_neurons.figures.overlap_figure import overlap_matrix, overlaps
from fairseq_neurons.figures.run_figures import Drawing, figures_of
from fairseq_neurons.figures.sentence_figure import coloured_sentences

__all__ = [
    "COLUMN",
    "PAGE",
    "Drawing",
    "SignedFigure",
    "ablation_curves",
    "coloured_sentences",
    "figures_of",
    "focus_bars",
    "overlap_matrix",
    "overlaps",
    "layer_histogram",
    "regularisation_grid",
    "render",
    "save",
]
