"""Tables of a curve against its points."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from fairseq_neurons.page.curve_tables import comparison_table, curve_table
from fairseq_neurons.runs.run_folder import Run

pytestmark = pytest.mark.xdist_group("chromium")  # the same run


def test_curve__is_infinite_where_one_draw_is(run):
    curve = Run.open(run).models[0].curves["curves/nmt"]
    points = tuple(replace(point, score=inf) if point.seed == 2 else point for point in curve.points)
    cells = [row[-1] for row in curve_table(replace(curve, points=points)).rows]
    assert [cell.text for cell in cells] == ["∞"] * 3
    assert [row[-1].text for row in curve_table(curve).rows] == ["29.85 ± 0.07", "26.85 ± 0.07", "23.85 ± 0.07"]


def test_least_possible_p__is_a_bound_that_is_explained_once(run):
    curve = Run.open(run).models[0].curves["curves/nmt"]
    points = tuple(
        replace(point, test="paired:bootstrap|samples:1000|seed:1", p_value=1 / 1001 if point.neurons else 0.5)
        for point in curve.points
    )
    table = curve_table(replace(curve, points=points))
    assert [cell.note for cell in table.rows[1][1:]] == ["p ≤ 1/1,001"] * 3 and table.rows[0][1].note == ""
    assert table.note.endswith(" ≤ 1/1,001 is the least that 1,000 samples can show: none of them was as extreme.")
    assert "least that" not in curve_table(curve).note
    comparison = curve.comparisons[0]
    exact = replace(
        comparison, result=replace(comparison.result, p_value=0.05), signature="paired:bootstrap|samples:19"
    )
    assert comparison_table(replace(curve, comparisons=(exact,))).rows[0][-1].text == "≤ 1/20"
