"""The paper's claims, from a summary that is known."""

from __future__ import annotations

import pytest

from fairseq_neurons.pipelines.paper import claims
from fairseq_neurons.pipelines.paper import paper_curves as curves
from tests.pipelines.paper.finished_experiments import content_of, read, summary_of
from tests.pipelines.paper.markdown_rows import rows


def test_claims__count_comparisons_by_outcome():
    found = {row[0]: row[1:] for row in rows(claims.table([summary_of()]))[1:]}
    assert found["masking the top hurts before masking the bottom (Figures 4, 5)"] == ["4 / 2 / 0", "confirmed"]
    assert found["cross-model hurts more than rankings by labels (Figure 8)"] == ["2 / 1 / 0", "confirmed"]
    assert found["masked out, the top keeps more than the bottom (Tables 2, 5)"] == ["3 / 0 / 0", "confirmed"]
    assert found["position neurons are in the cross-model ranking, too"] == ["2 / 0 / 0", "confirmed"]
    # Four closed classes against four open ones: the smallest two-sided p-value there is, 2 / 70.
    assert found["closed classes are focused, open classes distributed (Figure 6)"] == ["3 / 0 / 0", "confirmed"]


def test_claims__have_a_column_a_run_and_a_verdict_a_size():
    header, row, *_ = rows(claims.table([summary_of(), summary_of(), summary_of("large")]))
    assert header[1:] == ["tiny.made", "tiny.made", "large.made", "tiny", "large"]
    assert row[1:] == ["3 / 0 / 0"] * 3 + ["confirmed"] * 2


def test_claims_of_figure_7__are_of_one_direction_each():
    found = content_of()
    for point in found["curves"]["1"]["points"]:
        if point["ranking"] in ("variance", "mean-distance"):
            point["score"] -= 30
    of_direction = {
        name.split(", ")[1]: claim(read(found)) for name, claim in claims.CLAIMS.items() if "Figure 7" in name
    }
    assert of_direction == {
        "highest first (Figure 7)": [None, False, False] * 2,
        "lowest first (Figure 7)": [None, True, True] * 2,
    }


def test_a_claim_that_is_turned_round__fails():
    turned = content_of()
    for curve in turned["curves"].values():
        for point in curve["points"]:
            point["order"] = {"top": "bottom", "bottom": "top"}.get(point["order"], point["order"])
        for found in curve["comparisons"]:
            found["order"], found["against"] = "top", {**found["against"], "order": "bottom"}
    row = next(row for row in rows(claims.table([read(turned)])) if row[0].startswith("masking the top"))
    assert row[1:] == ["0 / 2 / 4", "not confirmed"]


def test_claims_about_curves__are_of_the_same_shares_of_the_neurons_whatever_the_points():
    found = content_of()
    claim = "masking the top hurts before masking the bottom (Figures 4, 5)"
    for curve in found["curves"].values():
        for name in ("points", "comparisons"):
            curve[name] = [one for one in curve[name] if one["neurons"] in (0, 10, 20)]
    # 10 and 20 of 100.
    assert claims.CLAIMS[claim](read(found)) == [True] * 4
    for overlap in found["overlaps"].values():
        overlap["of"] = 1000
    # 20 of 1000; 10 are too few.
    assert claims.CLAIMS[claim](read(found)) == [True] * 2


def test_a_perplexity_that_exceeds_all_numbers__is_the_worst_and_of_two_such_none():
    found = content_of()
    for point in found["curves"]["lm1"]["points"]:
        if (point["order"], point["neurons"]) in (("top", 10), ("top", 20), ("bottom", 20), ("random", 20)):
            point["score"] = None
    claim = "masking the top hurts before masking the bottom (Figures 4, 5)"
    assert claims.CLAIMS[claim](read(found))[3:] == [None, True, None]
    assert ["20", "inf / inf / inf"] in rows(curves.orders([read(found)]))


@pytest.mark.parametrize(("shared", "outcome"), [(0, False), (2, False), (3, None), (6, True)])
def test_position_in_both__is_more_than_chance_would_put_there(shared, outcome):
    found = {"top": 40, "of": 800, "rankings": ["cross-model", "position"], "shared": [[1.0, shared / 40]]}
    summary = read({**content_of(), "overlaps": {"1": {**found, "first": {}, "signatures": {}}}})
    claim = "position neurons are in the cross-model ranking, too"
    assert claims.CLAIMS[claim](summary) == [outcome]


def test_more_distributed__is_a_smaller_lead_of_the_top_over_the_bottom():
    found = content_of()
    claim = claims.CLAIMS["translation models are more distributed than language models"]
    assert claim(read(found)) == [False]
    for entry in found["probes"]["lm1"]["pos"]["ablation"]:
        if (entry["kind"], entry["keep"], entry["fraction"]) == ("retrain", "bottom", 0.1):
            entry["accuracy"] -= 0.1
    assert claim(read(found)) == [True]


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([True, True, None], "confirmed"),
        ([True, None, None], "mixed"),
        ([True, True, False], "mixed"),
        ([True, False], "not confirmed"),
        ([None], "undecided"),
    ],
)
def test_verdict__follows_the_counts(outcomes, verdict):
    assert claims.verdict(outcomes) == verdict
