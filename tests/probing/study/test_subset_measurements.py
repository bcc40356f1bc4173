"""Accuracy with some of the neurons equals that of literal masks and of probes trained on columns."""

from __future__ import annotations

import numpy as np

from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.study.subset_measurements import measure_ablation, measure_ranking
from tests.probing.study.made_words import FIT, LABELS, NEURONS, ORDER, analysis_of, task_of, values_of


def test_masked_accuracy__is_that_of_test_states_with_zeroed_columns(analysis, data):
    found = {entry.keep: entry for entry in measure_ablation(analysis, ORDER, [0.3], 1) if entry.kind == "mask"}
    weights, bias = analysis.probe.weights, analysis.probe.bias
    random = np.random.default_rng(analysis.settings.seed).permutation(NEURONS)[:3].tolist()
    for keep, chosen in {"top": [7, 2, 9], "bottom": [5, 6, 3], "random": random}.items():
        correct = 0
        for state, label in zip(values_of(data[1]), analysis.task.test.y):
            for neuron in range(NEURONS):
                if neuron not in chosen:
                    state[neuron] = 0
            correct += int(np.argmax([state @ weights[i] + bias[i] for i in range(len(LABELS))]) == label)
        assert found[keep].accuracy == correct / len(analysis.task.test), keep
        assert found[keep].neurons == 3


def test_retrained_accuracy__is_that_of_a_probe_on_those_columns(analysis, data):
    found = [entry for entry in measure_ablation(analysis, ORDER, [0.3], 0) if entry.kind == "retrain"]
    train, test = (values_of(part) for part in data)
    for entry, columns in zip(found, (ORDER[:3], ORDER[::-1][:3]), strict=True):
        probe = ElasticNetProbe(1e-3, 1e-3, tolerance=1e-2).fit(train[:, columns], analysis.task.train.y)
        assert entry.accuracy == probe.score(test[:, columns], analysis.task.test.y)
    counted = measure_ranking(analysis, analysis.positions(ORDER)[:3], "mine")
    assert counted.accuracy == found[0].accuracy


def test_only_neurons_that_take_part__are_kept(data, tmp_path):
    analysis = analysis_of(task_of(*data, neurons="1,2,4,9"), tmp_path / "measured.jsonl")
    assert analysis.probe.weights.shape == (3, NEURONS)
    assert not analysis.probe.weights[:, [0, 3, 5, 6, 7, 8]].any()
    top = next(entry for entry in measure_ablation(analysis, ORDER, [0.5], 0) if entry.kind == "mask")
    kept = np.where(np.isin(np.arange(NEURONS), [2, 9]), values_of(data[1]), 0)
    predicted = (kept @ analysis.probe.weights.T + analysis.probe.bias).argmax(axis=1)
    assert top.accuracy == (predicted == analysis.task.test.y).mean()


def test_refits__say_how_near_their_optimum_they_are(analysis):
    for entry in measure_ablation(analysis, ORDER, [0.3], 1):
        assert all((getattr(entry, name) is None) == (entry.kind == "mask") for name in FIT)
        assert entry.kind == "mask" or entry.gap <= 1e-2 * entry.objective
    assert measure_ranking(analysis, np.arange(3), "mine").iterations > 0
