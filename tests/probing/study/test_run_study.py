"""One call does it all."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.probing.study.study_tables import summary
from fairseq_neurons.storage.array_files import arrays_as_bytes
from tests.probing.study.made_words import EVERYTHING, SMALL
from tests.runs.made_runs import edit

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


def test_results__say_where_words_and_labels_are_from(data, whole):
    train, test = ({**part, "unknown": None} for part in data)
    sources = {"train": train, "test": test, "column": None, "language": "en", "merge": [], "ignore": []}
    assert json.loads((whole / "results.json").read_text())["sources"] == sources


def test_results__say_how_many_words_the_model_does_not_know(data, tmp_path, caplog):
    given = []
    for side, part in zip(("train", "test"), data, strict=True):
        dump = shutil.copytree(part["activations"], tmp_path / side / "model")
        given.append({**part, "activations": str(dump)})
    for part, unknown in zip(given, (1, 50), strict=True):
        edit(Path(part["activations"]) / "manifest.json", unknown=unknown)
    results = probe(*given, str(tmp_path / "out"), **SMALL)
    assert results.sources is not None
    assert (results.sources.train.unknown, results.sources.test.unknown) == (1, 50)
    warned = [record.message for record in caplog.records if "unknown to the model" in record.message]
    assert len(warned) == 1 and warned[0].startswith(f"{given[1]['activations']}: 50 of ")


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


def test_against_a_probe_of_another_model__is_refused(data, whole, tmp_path):
    other = shutil.copytree(whole, tmp_path / "other")
    edit(other / "ranking.json", checkpoint_sha256="f" * 64)
    with pytest.raises(InputError, match="are of different models"):
        probe(*data, tmp_path / "out", against=[str(other)], **SMALL)
    (other / "probe.npz").write_bytes((whole / "probe.npz").read_bytes()[:100])
    with pytest.raises(InputError, match=r"probe\.npz is missing, damaged or lacks an array"):
        probe(*data, tmp_path / "out", against=[str(other)], **SMALL)
    weights = dict(np.load(whole / "probe.npz"))
    (other / "probe.npz").write_bytes(arrays_as_bytes({**weights, "weights": weights["weights"] * np.nan}))
    with pytest.raises(InputError, match=r"probe\.npz is damaged: its weights are not finite numbers"):
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
