"""A curve as a table for the terminal."""

from __future__ import annotations

from tabulate import tabulate

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_lines import LEVEL, MARK, LinePoint, line_names
from fairseq_neurons.number_format import mean_and_spread
from fairseq_neurons.terminal_text import shown


def table(curve: Curve) -> str:
    """Scores by number of masked neurons; random orders as mean ± standard deviation over their seeds.

    Args:
        curve: with the p-values of its points.
    """
    rows = [[count, *(_cell(line.at(count)) for line in curve.lines)] for count in curve.shares]
    scores = tabulate(rows, ["neurons", *map(shown, line_names(curve.lines))], stralign="right", disable_numparse=True)
    doubtful = f"{MARK} no significant difference from the unablated model (p >= {LEVEL})"
    return f"{shown(curve.metric.name)}\n{scores}\n{doubtful}"


def _cell(point: LinePoint | None) -> str:
    if point is None:
        return ""
    return mean_and_spread(point.scores) + (MARK if point.doubtful else " ")
