"""Tables of a probe against its results."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from fairseq_neurons.page.html_tables import percent
from fairseq_neurons.page.probe_tables import accuracy_table, label_table, shared_neurons, subset_table
from fairseq_neurons.runs.run_folder import Model, Probe, Run
from tests.page.hostile_run import LABELS

pytestmark = pytest.mark.xdist_group("chromium")  # the same run


@pytest.fixture
def results(run) -> dict:
    return json.loads((run / "probes" / "pos" / "results.json").read_text())


@pytest.fixture
def model(run) -> Model:
    return Run.open(run).models[0]


@pytest.fixture
def probe(model) -> Probe:
    return model.probes["probes/pos"]


def link(name: str) -> str:
    return f"to {name}"


def texts(rows) -> list[list[str]]:
    return [[cell.text for cell in row] for row in rows]


def test_accuracy__is_that_of_the_results(model, results):
    ((name, accuracy, majority, selectivity, words, classes, _),) = texts(accuracy_table(model).rows)
    assert (name, accuracy, majority) == ("pos", f"{100 * results['accuracy']:.1f}", f"{100 * results['majority']:.1f}")
    assert (selectivity, words, classes) == ("–", str(results["test_words"]), "3")
    low, high = (f"{100 * results[end]:.1f}" for end in ("low", "high"))
    assert accuracy_table(model).rows[0][1].note == f"{low} to {high}"


def test_subsets__are_those_of_the_results(probe, results):
    found = {(e["kind"], e["keep"]): f"{100 * e['accuracy']:.1f}" for e in results["ablation"]}
    assert texts(subset_table(probe).rows) == [
        [f"25 %, {title}", *(found[kind, keep] for keep in ("top", "random", "bottom"))]
        for kind, title in (("mask", "masking-out"), ("retrain", "retraining"))
    ]


def test_labels__have_scores_and_the_neurons_that_hold_them(probe, results):
    rows = label_table(probe, link).rows
    assert [row[0].text for row in rows] == sorted(LABELS)
    for label, *cells in rows:
        scores = results["label_scores"][label.text]
        assert [cell.text for cell in cells[:3]] == [percent(scores[name]) for name in ("precision", "recall", "f1")]
        assert cells[4].text == str(results["focus"]["0.25"][label.text])
        salient = results["salient"][label.text]
        assert cells[5].text == (salient[0] if salient else "–")
        assert cells[5].link == (f"to {salient[0]}" if salient else "")


def test_shared__are_the_pairs_of_the_results(model, probe, results):
    (shared,) = shared_neurons(model, probe, link)
    assert [(a, b, n) for a, b, n, _, _ in shared.pairs] == [
        (pair["a"], pair["b"], pair["count"]) for pair in results["shared"]["pairs"]
    ]
    assert [labels for _, labels in shared.most] == [most["labels"] for most in results["shared"]["most_shared"]]


def test_shared__is_not_shown_for_two_labels_which_share_all(model, probe):
    two = replace(probe, results=replace(probe.results, labels=probe.results.labels[:2]))
    assert shared_neurons(model, probe, link) and shared_neurons(model, two, link) == []
