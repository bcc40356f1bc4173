"""A trained probe predicts as a literal sum does, survives its file, and is signed by its settings."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.study.trained_probe import ProbeSettings, TrainedProbe
from fairseq_neurons.rankings.algorithm1 import algorithm1
from tests.probing.study.made_words import LABELS, NEURONS, analysis_of, task_of, values_of


def test_trained_probe__finds_the_planted_neurons(analysis):
    assert set(algorithm1(analysis.probe.weights).order[:3]) == {0, 1, 2}


def test_weights__are_those_of_the_estimator_and_0_for_other_neurons(data, tmp_path):
    chosen = [1, 2, 4, 9]
    found = analysis_of(task_of(*data, neurons="1,2,4,9"), tmp_path / "measured.jsonl").probe
    y = task_of(*data).train.y
    expected = ElasticNetProbe(1e-3, 1e-3).fit(values_of(data[0])[:, chosen], y)
    np.testing.assert_array_equal(found.weights[:, chosen], expected.coef_)
    assert not np.delete(found.weights, chosen, axis=1).any() and found.weights.shape == (len(LABELS), NEURONS)
    assert (found.objective, found.gap, found.iterations) == (expected.objective_, expected.gap_, expected.n_iter_)


@pytest.mark.parametrize("kept", [None, [0, 3], [2]], ids=str)
def test_predictions__have_the_highest_score_of_the_neurons_kept(data, tmp_path, kept):
    chosen = [1, 2, 4, 9]
    task = task_of(*data, neurons="1,2,4,9")
    probe = analysis_of(task, tmp_path / "measured.jsonl").probe
    neurons = chosen if kept is None else [chosen[i] for i in kept]
    expected = [
        np.argmax([probe.bias[i] + sum(word[n] * probe.weights[i, n] for n in neurons) for i in range(len(LABELS))])
        for word in values_of(data[1]).astype(float)
    ]
    assert probe.predict(task.test, task, None if kept is None else np.array(kept)).tolist() == expected


def test_loaded_probe__is_the_saved_one(analysis, tmp_path):
    analysis.probe.save(tmp_path / "probe.npz")
    loaded = TrainedProbe.load(tmp_path / "probe.npz")
    for item in dataclasses.fields(TrainedProbe):
        np.testing.assert_array_equal(getattr(loaded, item.name), getattr(analysis.probe, item.name))
    assert loaded.labels == LABELS and loaded.weights.dtype == analysis.probe.weights.dtype


def test_damaged_file__is_refused_by_name(analysis, tmp_path):
    np.savez(tmp_path / "probe.npz", weights=analysis.probe.weights)
    with pytest.raises(InputError, match=r"The probe .*probe\.npz"):
        TrainedProbe.load(tmp_path / "probe.npz")


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"l1": -1.0}, "l1=-1.0: a penalty is zero or a positive number"),
        ({"solver": "sgd"}, "no solver 'sgd'; the solvers are certified, authors"),
        ({"class_weight": "even"}, "class_weight is empty or balanced, not 'even'"),
        ({"tolerance": 0.0}, "tolerance=0.0: give a number above 0"),
        ({"refit_tolerance": float("nan")}, "refit_tolerance=nan: give a number above 0"),
        ({"max_iter": 0}, "max_iter=0: give at least one step"),
        ({"class_weight": "balanced", "solver": "authors"}, "has no class weights"),
        ({"seed": -1}, "seed=-1"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_invalid_setting__is_refused_in_a_sentence(change, sentence):
    ProbeSettings().check()
    with pytest.raises(InputError, match=sentence):
        ProbeSettings(**change).check()


def test_estimator__has_the_settings_and_the_tolerance_of_its_purpose():
    settings = ProbeSettings(l1=0.1, l2=0.2, tolerance=0.3, refit_tolerance=0.4, max_iter=5, class_weight="balanced")
    expected = {"l1": 0.1, "l2": 0.2, "max_iter": 5, "class_weight": "balanced", "solver": "certified"}
    for refit, tolerance in ((False, 0.3), (True, 0.4)):
        found = settings.estimator(refit).get_params()
        assert {**found, **expected, "tolerance": tolerance} == found


@pytest.mark.parametrize("solver, kept", [("certified", "tolerance:0.001|max_iter:500"), ("authors", "seed:7")])
def test_signature__has_what_decides_about_the_weights(analysis, solver, kept):
    found = ProbeSettings(solver=solver, seed=7).signature(analysis.task)
    assert found.startswith(f"solver:{solver}|l1:1e-05|l2:1e-05|{kept}|{analysis.task.signature}|version:")
