"""One call does it all."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.result_parts import LabelPair
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.probing.study.study_tables import summary
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.rankings import Ranking
from tests.probing.study.made_words import EVERYTHING, LABELS, NEURONS, SMALL, files

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def measured(results: dict) -> list[dict]:
    """All that was measured, with its signature."""
    found = [*results["ablation"], *results["grid"], *results["rankings"].get("accuracy", []), *results["differences"]]
    names = ("accuracy", "low", "high", "majority", "majority_interval", "versus_majority", "label_scores")
    found.append({**{name: results[name] for name in names}, "signature": results["accuracy_signature"]})
    if results["control_signature"]:
        control = {name: results[name] for name in ("control_accuracy", "selectivity", "selectivity_interval")}
        found.append({**control, "signature": results["control_signature"]})
    return found


def test_results__have_the_fields_of_the_design(whole):
    results = json.loads((whole / "results.json").read_text())
    for name in ("objective", "gap", "accuracy", "majority", "selectivity"):
        assert isinstance(results[name], float)
    assert [(entry["kind"], entry["keep"], entry["fraction"]) for entry in results["ablation"]] == [
        (kind, keep, fraction)
        for fraction in (0.2, 0.5)
        for keep in ("top", "bottom", "random")
        for kind in ("mask", "retrain")
    ]
    assert all(0 <= entry["accuracy"] <= 1 for entry in results["ablation"])
    assert len(results["grid"]) == 4
    assert results["gap"] <= 1e-3 * results["objective"] and results["converged"] is True
    assert set(results["focus"]["0.25"]) == set(LABELS)
    assert np.array(results["shared"]["counts"]).shape == (3, 3)
    assert len(summary(ProbeResults.load(whole)).splitlines()) > 20


def test_results__say_where_words_and_labels_are_from(data, whole):
    train, test = data
    sources = {"train": train, "test": test, "column": None, "language": "en", "merge": [], "ignore": []}
    assert json.loads((whole / "results.json").read_text())["sources"] == sources


def test_folder__holds_probe_rankings_and_tables(whole):
    assert files(whole) == [
        *("ablation.csv", "differences.csv", "grid.csv", "labels.csv", "probe.npz"),
        *("ranking.ADJ.json", "ranking.N%2FA.json", "ranking.VERB.json", "ranking.json", "rankings.csv"),
        *(f"rankings/gaussian.{name}json" for name in ("ADJ.", "N%2FA.", "VERB.", "")),
        *(f"rankings/probeless.{name}json" for name in ("ADJ.", "N%2FA.", "VERB.", "")),
        "results.json",
    ]
    trained = TrainedProbe.load(whole / "probe.npz")
    assert trained.weights.shape == (3, NEURONS) and trained.bias.shape == (3,) and trained.labels == LABELS
    ranking = Ranking.load(whole / "ranking.json")
    assert set(ranking.top(3).tolist()) == {0, 1, 2} and ranking.method == "linguistic"
    assert Ranking.load(whole / "ranking.N%2FA.json").order[0] == 1
    assert ranking.checkpoint_sha256


def test_json__has_no_nan(whole):
    json.loads((whole / "results.json").read_text(), parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_tables__are_the_results_as_csv(whole):
    results = json.loads((whole / "results.json").read_text())
    for name, expected in (("ablation", results["ablation"]), ("grid", results["grid"])):
        with open(whole / f"{name}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [float(row["accuracy"]) for row in rows] == [entry["accuracy"] for entry in expected]
        assert all(row["signature"] for row in rows)


def test_every_measurement__has_a_signature_of_its_own(whole):
    found = measured(json.loads((whole / "results.json").read_text()))
    assert len({entry["signature"] for entry in found}) == len(found) == 32
    assert all("|version:" in entry["signature"] for entry in found)


@pytest.mark.parametrize(
    "change",
    [
        *({"l1": 1e-1}, {"l2": 1e-2}, {"tolerance": 0.5}, {"max_iter": 1}, {"class_weight": "balanced"}),
        *({"solver": "authors"}, {"neurons": "0,2,5,7,8"}, {"merge": ["ADJ"], "ignore": ["VERB"]}, {"per_label": 9}),
        *({"refit_tolerance": 0.9}, {"seed": 2}, {"alpha": 90}, {"confidence": 0.5}, {"resamples": 30}),
        *({"grid": [1e-2, 0.5]}, {"fractions": [0.2, 0.4]}, {"random": 2}, {"counts": [2, 3]}),
    ],
    ids=lambda change: "-".join(change),
)
def test_settings_that_change_a_number__change_its_signature(data, whole, tmp_path, change):
    before = {entry["signature"]: entry for entry in measured(json.loads((whole / "results.json").read_text()))}
    after = measured(probe(*data, tmp_path / "out", **{**EVERYTHING, **change}).to_json())
    assert all(before.get(entry["signature"], entry) == entry for entry in after)


def test_against_another_probe__counts_the_neurons_both_need(data, whole, tmp_path):
    results = probe(*data, tmp_path / "out", against=[str(whole)], ignore=["VERB"], **SMALL)
    (found,) = results.against
    assert found.labels == LABELS and np.array(found.counts).shape == (2, 3)
    assert found.signature == TrainedProbe.load(whole / "probe.npz").signature
    assert "label of another probe" in summary(results)


def test_neurons_left_out__are_not_counted_where_chance_is(data, tmp_path):
    a = probe(*data, tmp_path / "a", neurons="0,1,2,5,8", **SMALL)
    within = a.shared
    sizes = np.diag(within.counts)
    np.testing.assert_allclose(within.expected, np.outer(sizes, sizes) / 5)
    assert {entry.neuron for entry in within.most_shared} <= {0, 1, 2, 5, 8}
    b = probe(*data, tmp_path / "b", neurons="1,2,3,8", against=[str(tmp_path / "a")], **SMALL)
    (across,) = b.against
    assert across.neurons_used == 3 and across.top == 3
    with pytest.raises(InputError, match="is a probe of other neurons"):
        probe(*data, tmp_path / "c", neurons="3,4", against=[str(tmp_path / "a")], **SMALL)


def test_shared_pairs__have_the_names_of_their_neurons(data, whole, tmp_path):
    results = probe(*data, tmp_path / "out", against=[str(whole)], **{**SMALL, "l1": 1e-1, "top": 1})
    ours, theirs = TrainedProbe.load(tmp_path / "out" / "probe.npz"), TrainedProbe.load(whole / "probe.npz")
    pairs = {(pair.a, pair.b): pair for pair in results.against[0].pairs}
    assert {(label, label) for label in LABELS} <= pairs.keys()
    for i, label in enumerate(LABELS):
        first = np.abs(ours.weights[i]).argmax()
        assert first == np.abs(theirs.weights[i]).argmax() == i
        expected = LabelPair(label, label, 1, 0.1, (f"encoder.0.fwd.{i}",))
        assert pairs[label, label] == expected
        assert results.salient[label][0] == f"encoder.0.fwd.{i}"
    assert all(pair.a < pair.b for pair in results.shared.pairs)


def test_against_a_probe_of_another_model__is_refused(data, whole, tmp_path):
    other = shutil.copytree(whole, tmp_path / "other")
    ranking = json.loads((other / "ranking.json").read_text())
    (other / "ranking.json").write_text(json.dumps({**ranking, "checkpoint_sha256": "f" * 64}))
    with pytest.raises(InputError, match="are of different models"):
        probe(*data, tmp_path / "out", against=[str(other)], **SMALL)
    (other / "probe.npz").write_bytes((whole / "probe.npz").read_bytes()[:100])
    with pytest.raises(InputError, match=r"probe\.npz is missing, damaged or lacks an array"):
        probe(*data, tmp_path / "out", against=[str(other)], **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_mistyped_option__is_an_error_of_the_caller(data, tmp_path):
    with pytest.raises(TypeError, match="'fraction'"):
        probe(*data, tmp_path / "out", fraction=[0.1])
    assert not list(tmp_path.iterdir())


def test_authors_recipe__has_results_without_a_bound(data, tmp_path):
    results = probe(*data, tmp_path / "out", solver="authors", control=False, **SMALL)
    assert results.selectivity is None
    assert results.nonzero == 1.0
    summary(results)
