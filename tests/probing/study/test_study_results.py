"""The folder of a study has its results as JSON and CSV, its probe and its rankings."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.study.study_results import write_results
from fairseq_neurons.probing.study.study_tables import summary
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.rankings import Ranking
from tests.probing.result_values import cell_of, results_of, row_of
from tests.probing.study.made_words import LABELS, NEURONS, files


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


def test_folder__holds_probe_rankings_and_tables(whole):
    assert files(whole) == [
        *("ablation.csv", "differences.csv", "grid.csv", "label_files.json", "labels.csv", "probe.npz"),
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


def test_written_results__are_read_back_and_empty_tables_have_no_file(tmp_path):
    results = results_of({"A": 3, "B": 4}, ablation=(row_of("mask", "top", 0.1, 0.75),), grid=())
    write_results(results, tmp_path)
    assert files(tmp_path) == ["ablation.csv", "labels.csv", "results.json"]
    assert ProbeResults.load(tmp_path) == results
    with open(tmp_path / "ablation.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["kind"], row["keep"], row["accuracy"], row["seed"]) == ("mask", "top", "0.75", "")
    with open(tmp_path / "labels.csv", newline="") as file:
        assert [(row["label"], row["support"]) for row in csv.DictReader(file)] == [("A", "1000"), ("B", "2000")]


def test_number_that_json_does_not_have__is_not_written(tmp_path):
    with pytest.raises(ValueError):
        write_results(results_of({"A": 3}, grid=(cell_of(0.1, 0.1, accuracy=float("nan")),)), tmp_path)
    assert not (tmp_path / "results.json").exists()
