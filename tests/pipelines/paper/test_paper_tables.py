"""Tables and claims, from a summary that is known."""

from __future__ import annotations

import pytest

from fairseq_neurons.pipelines.paper import claims
from fairseq_neurons.pipelines.paper import paper_curves as curves
from fairseq_neurons.pipelines.paper import paper_tables as tables
from tests.pipelines.paper.finished_experiments import summary_of


def rows(table: str) -> list[list[str]]:
    """Cells of all lines but the rule."""
    lines = [line for line in table.splitlines() if line.startswith("|") and not line.startswith("|-")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_accuracy__is_mean_and_spread_over_models_beside_the_published_numbers():
    _, nmt, lm = rows(tables.accuracy([summary_of()]))
    assert nmt == [
        "NMT EN POS",
        "tiny.made",
        "91.6",
        "80.0 ± 0.0",
        "93.5",
        "91.0 ± 1.4",
        "70.0 ± 0.0",
        "20.0 ± 0.0",
        "1234",
    ]
    assert lm[:6] == ["NLM EN POS", "tiny.made", "91.6", "80.0", "92.9", "80.0"]


def test_masked__has_top_random_and_bottom_under_the_published_top_and_bottom():
    found = rows(tables.masked([summary_of()]))
    assert found[1] == ["NMT EN POS", "published", "93.5", "69.8 / 15.8", "78.3 / 17.9", "84.1 / 21.5"]
    assert found[2][3:] == ["61.0 ± 1.4 / 51.0 ± 1.4 / 41.0 ± 1.4"] * 3
    assert rows(tables.retrained([summary_of()]))[1][3] == "89.1 / 80.6"


def test_focus__shows_frequent_labels_from_both_ends():
    found = rows(tables.focus([summary_of()], count=2))
    assert found[1][2:] == ["`CC` 1, `DT` 2", "`NNS` 21, `NN` 20"]
    assert "`` ` `` 4" in rows(tables.focus([summary_of()], count=4))[1][2]


def test_grid__has_a_row_a_penalty():
    assert rows(tables.grid([summary_of()]))[1:] == [["0", "50.0", "70.0"], ["0.1", "60.0", "80.0"]]


def test_a_run_without_a_grid__has_none():
    found = summary_of()
    found["probes"]["1"]["pos"]["grid"] = []
    assert tables.grid([found]) == ""


def test_models__shows_the_unablated_score_of_the_studied_ones():
    found = rows(tables.models([summary_of()]))
    assert [row[-1] for row in found[1:]] == ["40.00 BLEU", "", "perplexity 50.00"]
    assert found[2][3:5] == ["12", "17.00"]


def test_overlaps__are_the_first_row_without_itself():
    assert rows(tables.overlaps([summary_of()]))[1] == ["1", "3 of 100", "0.03", *["0.00"] * 4, "0.10", "0.50"]


def test_signatures__are_of_probes_tests_and_figures():
    found = tables.signatures([summary_of()]).splitlines()
    assert [line.split("|")[2].strip() for line in found[2:]] == [
        *("probe: model 1, pos", "p-values: model 1"),
        *("figure-3.begin", "figure-4"),
    ]
    assert found[2].endswith("| `solver:none\\|l1:0` |")


def test_words__are_those_of_the_best_detectors_below_the_published():
    found = rows(tables.words([summary_of()]))
    assert found[1][:4] == ["NMT", "published", "#1925", "month"]
    assert found[4][:7] == ["NMT", "tiny.made", "`encoder.0.fwd.1`", "begin", "3", "0.900", "7"]
    assert found[4][7:] == ["`A`, `\\", "`"]
    assert found[5] == ["NMT", "tiny.made", "", "month", "3", "", "", ""]


def test_orders__marks_what_does_not_differ():
    bleu, perplexity = curves.orders([summary_of()]).split("tiny.made, perplexity:")
    assert rows(bleu)[2:4] == [["5", "38.5° / 39.5° / 39.5 ± 0.7°"], ["10", "37.0 / 39.0 / 38.5 ± 0.7"]]
    assert rows(perplexity)[2][1] == "51.5° / 50.5° / 51.5 ± 0.7°"


def test_single_model__is_of_models_in_which_all_rankings_were_removed():
    assert [row[1:] for row in rows(curves.single_model([summary_of()]))[2:6]] == [
        ["38.5°", *["39.0°"] * 4],
        ["37.0", *["38.0"] * 4],
        ["34.0", *["36.0"] * 4],
        ["28.0", *["32.0"] * 4],
    ]
    without = summary_of()
    without["curves"]["1"]["points"] = [p for p in without["curves"]["1"]["points"] if p["ranking"] == "cross-model"]
    assert "model 1" not in curves.single_model([without])


def test_mean_squares__stand_beside_the_scores_without_these_neurons():
    made = summary_of()
    bleu, perplexity = rows(curves.mean_squares([made]))[1:]
    assert bleu == ["tiny.made", "1", "0.150", "0.300: 37.0", "0.100: 39.0", *["0.200: 38.0"] * 4, "1.00"]
    assert perplexity[-1] == "1.00"
    made["curves"]["1"]["points"] = [p for p in made["curves"]["1"]["points"] if p["ranking"] == "cross-model"]
    assert rows(curves.mean_squares([made]))[1][3:] == ["0.300: 37.0", "0.100: 39.0", *[""] * 4, ""]
    for end in made["squares"]["lm1"]["ends"]:
        end["square"] = -end["square"]
    assert rows(curves.mean_squares([made]))[2][-1] == "-1.00"


def test_claims__count_what_held_and_what_tells_nothing():
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
    found = summary_of()
    for point in found["curves"]["1"]["points"]:
        if point["ranking"] in ("variance", "mean-distance"):
            point["score"] -= 30
    of_direction = {name.split(", ")[1]: claim(found) for name, claim in claims.CLAIMS.items() if "Figure 7" in name}
    assert of_direction == {
        "highest first (Figure 7)": [None, False, False] * 2,
        "lowest first (Figure 7)": [None, True, True] * 2,
    }


def test_a_claim_that_is_turned_round__fails():
    turned = summary_of()
    for curve in turned["curves"].values():
        for point in curve["points"]:
            point["order"] = {"top": "bottom", "bottom": "top"}.get(point["order"], point["order"])
        for found in curve["comparisons"]:
            found["order"], found["against"] = "top", {**found["against"], "order": "bottom"}
    row = next(row for row in rows(claims.table([turned])) if row[0].startswith("masking the top"))
    assert row[1:] == ["0 / 2 / 4", "not confirmed"]


def test_claims_about_curves__are_of_the_same_shares_of_the_neurons_whatever_the_points():
    found = summary_of()
    claim = "masking the top hurts before masking the bottom (Figures 4, 5)"
    for curve in found["curves"].values():
        for name in ("points", "comparisons"):
            curve[name] = [one for one in curve[name] if one["neurons"] in (0, 10, 20)]
    # 10 and 20 of 100.
    assert claims.CLAIMS[claim](found) == [True] * 4
    for overlap in found["overlaps"].values():
        overlap["of"] = 1000
    # 20 of 1000; 10 are too few.
    assert claims.CLAIMS[claim](found) == [True] * 2


def test_a_perplexity_that_exceeds_all_numbers__is_the_worst_and_of_two_such_none():
    found = summary_of()
    for point in found["curves"]["lm1"]["points"]:
        if (point["order"], point["neurons"]) in (("top", 10), ("top", 20), ("bottom", 20), ("random", 20)):
            point["score"] = None
    claim = "masking the top hurts before masking the bottom (Figures 4, 5)"
    assert claims.CLAIMS[claim](found)[3:] == [None, True, None]
    assert ["20", "inf / inf / inf"] in rows(curves.orders([found]))


@pytest.mark.parametrize(("shared", "outcome"), [(0, False), (2, False), (3, None), (6, True)])
def test_position_in_both__is_more_than_chance_would_put_there(shared, outcome):
    found = {"top": 40, "of": 800, "rankings": ["cross-model", "position"], "shared": [[1.0, shared / 40]]}
    claim = "position neurons are in the cross-model ranking, too"
    assert claims.CLAIMS[claim]({"overlaps": {"1": found}}) == [outcome]


def test_more_distributed__is_a_smaller_lead_of_the_top_over_the_bottom():
    found = summary_of()
    claim = claims.CLAIMS["translation models are more distributed than language models"]
    assert claim(found) == [False]
    for entry in found["probes"]["lm1"]["pos"]["ablation"]:
        if (entry["kind"], entry["keep"], entry["fraction"]) == ("retrain", "bottom", 0.1):
            entry["accuracy"] -= 0.1
    assert claim(found) == [True]


def test_a_task_that_the_paper_has_not__stands_alone():
    found = summary_of()
    found["tasks"]["pos"] = "IT POS"
    assert [row[2] for row in rows(tables.accuracy([found]))[1:]] == ["", ""]
    assert [row[1] for row in rows(tables.masked([found]))[1:]] == ["tiny.made"] * 2
    found["tasks"] = {"case": "IT case"}
    found["probes"] = {model: {"case": probes["pos"]} for model, probes in found["probes"].items()}
    assert claims.CLAIMS["closed classes are focused, open classes distributed (Figure 6)"](found) == []


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
