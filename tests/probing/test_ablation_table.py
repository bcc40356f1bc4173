"""Table 2 from the rows of an ablation."""

from __future__ import annotations

from fairseq_neurons.probing.ablation_table import AblationTable
from tests.probing.result_values import difference_of, row_of

ROWS = [
    *(row_of("mask", "top", fraction, fraction + 0.5) for fraction in (0.2, 0.1)),
    *(row_of("mask", "random", 0.1, accuracy, seed) for seed, accuracy in ((1, 0.25), (2, 0.75))),
    row_of("retrain", "bottom", 0.4, 0.3),
]


def test_cells__are_of_one_kind_choice_and_fraction():
    table = AblationTable(ROWS)
    assert table.cell("mask", "top", 0.2).rows == (ROWS[0],) and table.cell("mask", "top", 0.2).mean == 0.7
    assert table.cell("mask", "random", 0.1).mean == 0.5
    assert table.cell("retrain", "top", 0.4).mean is None
    assert table.line("mask", 0.1).shown() == "60.0 / 50.0 / -"
    assert table.line("mask", 0.1).shown(("bottom", "top")) == "- / 60.0"


def test_lines__are_by_kind_and_ascending_fraction():
    lines = [(line.title, line.fraction) for line in AblationTable(ROWS).lines()]
    assert lines == [("masking-out", 0.1), ("masking-out", 0.2), ("retraining", 0.4)]


def test_fractions__are_in_the_order_in_which_they_were_measured():
    assert AblationTable(ROWS).fractions() == [0.2, 0.1, 0.4]
    assert AblationTable(ROWS).fractions("retrain") == [0.4]


def test_difference__is_that_of_top_and_bottom():
    random, bottom = difference_of("mask", 0.1, 0.1, "top-random"), difference_of("mask", 0.1, 0.2)
    table = AblationTable(ROWS, [random, bottom])
    assert table.line("mask", 0.1).top_minus_bottom == bottom
    assert table.line("mask", 0.2).top_minus_bottom is None and table.line("retrain", 0.1).top_minus_bottom is None
