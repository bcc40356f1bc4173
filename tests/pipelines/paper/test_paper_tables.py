"""The paper's tables, from a summary that is known."""

from __future__ import annotations

from fairseq_neurons.pipelines.paper import claims
from fairseq_neurons.pipelines.paper import paper_tables as tables
from tests.pipelines.paper.finished_experiments import content_of, read, summary_of
from tests.pipelines.paper.markdown_rows import rows


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
    found = content_of()
    found["probes"]["1"]["pos"]["grid"] = []
    assert tables.grid([read(found)]) == ""


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


def test_a_task_that_the_paper_has_not__stands_alone():
    found = content_of()
    found["tasks"]["pos"] = "IT POS"
    assert [row[2] for row in rows(tables.accuracy([read(found)]))[1:]] == ["", ""]
    assert [row[1] for row in rows(tables.masked([read(found)]))[1:]] == ["tiny.made"] * 2
    found["tasks"] = {"case": "IT case"}
    found["probes"] = {model: {"case": probes["pos"]} for model, probes in found["probes"].items()}
    assert claims.CLAIMS["closed classes are focused, open classes distributed (Figure 6)"](read(found)) == []
