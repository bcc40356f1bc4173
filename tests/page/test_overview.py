"""The static part of the page against the result files."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf

import numpy as np
import pytest

from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.page.curve_tables import comparison_table, curve_table
from fairseq_neurons.page.html_tables import interval, p_value, percent, printed, signed
from fairseq_neurons.page.neuron_orders import orders_of
from fairseq_neurons.page.overview import address, overview
from fairseq_neurons.page.page_sections import Picture
from fairseq_neurons.page.probe_tables import shared_neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.run_folder import Model, Run
from fairseq_neurons.statistics.label_auc import Separation
from tests.page.made_pages import LABELS

pytestmark = pytest.mark.xdist_group("chromium")  # the same run


@pytest.fixture
def results(run) -> dict:
    return json.loads((run / "probes" / "pos" / "results.json").read_text())


@pytest.fixture
def first(run):
    """The section of the first model, with two pictures."""
    pictures = [Picture(name, of, "Bars", "s", 1, 1) for name, of in (("a", "probes/pos"), ("b", "model 1"))]
    return overview(Run.open(run), pictures).models[0]


def texts(rows) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows]


def test_accuracy__is_that_of_the_results(first, results):
    ((name, accuracy, majority, selectivity, words, classes, _),) = texts(first.accuracy.rows)
    assert (name, accuracy, majority) == ("pos", f"{100 * results['accuracy']:.1f}", f"{100 * results['majority']:.1f}")
    assert (selectivity, words, classes) == ("–", str(results["test_words"]), "3")
    low, high = (f"{100 * results[end]:.1f}" for end in ("low", "high"))
    assert first.accuracy.rows[0][1].note == f"{low} to {high}"


def test_subsets__are_those_of_the_results(first, results):
    found = {(e["kind"], e["keep"]): f"{100 * e['accuracy']:.1f}" for e in results["ablation"]}
    assert texts(first.probes[0].subsets.rows) == [
        [f"25 %, {title}", *(found[kind, keep] for keep in ("top", "bottom", "random"))]
        for kind, title in (("mask", "masking-out"), ("retrain", "retraining"))
    ]


def test_labels__have_scores_and_the_neurons_that_hold_them(first, results):
    rows = first.probes[0].labels.rows
    assert [row[0].text for row in rows] == sorted(LABELS)
    for label, *cells in rows:
        scores = results["label_scores"][label.text]
        assert [cell.text for cell in cells[:3]] == [percent(scores[name]) for name in ("precision", "recall", "f1")]
        assert cells[4].text == str(results["focus"]["0.25"][label.text])
        salient = results["salient"][label.text]
        assert cells[5].text == (salient[0] if salient else "–")
        assert cells[5].link == (f"#/model/1/neuron/{salient[0].rpartition('.')[2]}" if salient else "")


def test_shared__are_the_pairs_of_the_results(first, results):
    (shared,) = first.shared
    assert [(a, b, n) for a, b, n, _, _ in shared.pairs] == [
        (pair["a"], pair["b"], pair["count"]) for pair in results["shared"]["pairs"]
    ]
    assert [labels for _, labels in shared.most] == [most["labels"] for most in results["shared"]["most_shared"]]


def test_pictures__are_beside_what_they_show(first):
    assert [picture.name for picture in first.probes[0].pictures] == ["a"]
    assert [picture.name for picture in first.pictures] == ["b"]


def test_shared__is_not_shown_for_two_labels_which_share_all(first, run):
    model = Run.open(run).models[0]
    probe = model.probes["probes/pos"]
    two = replace(probe, results=replace(probe.results, labels=probe.results.labels[:2]))
    assert first.shared and shared_neurons(model, two, lambda name: "") == []


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


def test_address__holds_any_name():
    model = Model("", Neurons.of([Block("encoder", 0, "fwd", 3)]), name='a/b?"<>#')
    assert address(model, 2) == "#/model/a%2Fb%3F%22%3C%3E%23/neuron/2"


def test_sorts__begin_with_a_ranking_without_labels_and_order_areas_by_their_distance():
    neurons = Neurons.of([Block("encoder", 0, "fwd", 3)])
    ranking = Ranking.from_scores("m", neurons, np.array([1.0, 3.0, 2.0]), "s")
    model = Model("", neurons, rankings={"probes/pos": ranking, "rankings/max": replace(ranking, method="max")})
    model.probes.update({"probes/pos": None, "more/pos": None})  # type: ignore[dict-item]
    model.label_rankings.update({("probes/pos", "VB"): ranking, ("more/pos", "VB"): ranking})
    areas = Separation(("VB",), np.array([5]), 9, np.array([[0.6, 0.1, 0.45]]))
    sorts = orders_of(model, {"pos": areas})
    assert [(sort.kind, sort.name, sort.label) for sort in sorts] == [
        *(("ranking", "rankings/max", ""), ("ranking", "probes/pos", "")),
        *(("label", "probes/pos", "VB"), ("label", "more/pos", "VB"), ("auc", "pos", "VB")),
    ]
    assert sorts[0].positions.tolist() == [2, 0, 1]
    assert (sorts[-1].order.tolist(), sorts[-1].scores.tolist()) == ([1, 0, 2], [0.1, 0.6, 0.45])


def test_numbers__have_true_minus_signs_and_bounds():
    assert (percent(-0.059), percent(None), printed("-1.00"), printed("inf")) == ("−5.9", "–", "−1.00", "∞")
    assert (signed(-1.234), signed(2)) == ("−1.23", "+2.00")
    assert (p_value(0.04), p_value(0.0004), p_value(0.0004, bare=True)) == ("p = 0.04", "p < 0.001", "< 0.001")
    assert (p_value(0.04975), p_value(0.3682)) == ("p = 0.0498", "p = 0.37")
    assert (interval(-0.01, 0.02, 100), interval(None, 1)) == ("−1.0 to 2.0", "")
