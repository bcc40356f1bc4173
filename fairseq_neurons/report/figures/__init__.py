"""Figures from the result files alone: one function each, no pyplot, the same bytes for the same results."""

from fairseq_neurons.report.figures.curves import ablation_curves
from fairseq_neurons.report.figures.focus import focus_bars
from fairseq_neurons.report.figures.grid import regularisation_grid
from fairseq_neurons.report.figures.of_run import Drawing, figures_of
from fairseq_neurons.report.figures.overlap import overlap_matrix, overlaps
from fairseq_neurons.report.figures.places import places_histogram
from fairseq_neurons.report.figures.saving import render, save
from fairseq_neurons.report.figures.sentences import coloured_sentences
from fairseq_neurons.report.figures.style import COLUMN, PAGE, SignedFigure

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
    "places_histogram",
    "regularisation_grid",
    "render",
    "save",
]
