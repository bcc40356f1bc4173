"""The measurements of a probe equal literal ones."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.probing.control_task import control_labels
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.majority_baseline import MajorityBaseline
from fairseq_neurons.probing.result_parts import Interval
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis
from fairseq_neurons.probing.study.paired_differences import differences
from fairseq_neurons.rankings.algorithm1 import algorithm1
from tests.probing.study.made_words import LABELS, NEURONS, analysis_of, task_of

FIT = ("objective", "gap", "iterations")
ORDER = np.array([7, 2, 9, 0, 4, 1, 8, 3, 6, 5])


@pytest.fixture
def analysis(data, tmp_path) -> LinguisticAnalysis:
    return analysis_of(task_of(*data), tmp_path / "measured.jsonl")


def values(part: dict[str, str]) -> np.ndarray:
    return np.array(Activations(part["activations"]).values)


def test_masked_accuracy__is_that_of_test_states_with_zeroed_columns(analysis, data):
    found = {entry.keep: entry for entry in analysis.ablation(ORDER, [0.3], 1) if entry.kind == "mask"}
    weights, bias = analysis.probe.weights, analysis.probe.bias
    random = np.random.default_rng(analysis.settings.seed).permutation(NEURONS)[:3].tolist()
    for keep, chosen in {"top": [7, 2, 9], "bottom": [5, 6, 3], "random": random}.items():
        correct = 0
        for state, label in zip(values(data[1]), analysis.task.test.y):
            for neuron in range(NEURONS):
                if neuron not in chosen:
                    state[neuron] = 0
            correct += int(np.argmax([state @ weights[i] + bias[i] for i in range(len(LABELS))]) == label)
        assert found[keep].accuracy == correct / len(analysis.task.test), keep
        assert found[keep].neurons == 3


def test_retrained_accuracy__is_that_of_a_probe_on_those_columns(analysis, data):
    found = [entry for entry in analysis.ablation(ORDER, [0.3], 0) if entry.kind == "retrain"]
    train, test = (values(part) for part in data)
    for entry, columns in zip(found, (ORDER[:3], ORDER[::-1][:3]), strict=True):
        probe = ElasticNetProbe(1e-3, 1e-3, tolerance=1e-2).fit(train[:, columns], analysis.task.train.y)
        assert entry.accuracy == probe.score(test[:, columns], analysis.task.test.y)
    counted = analysis.retrain(analysis.positions(ORDER)[:3], "mine")
    assert counted.accuracy == found[0].accuracy


def test_only_neurons_that_take_part__are_kept(data, tmp_path):
    analysis = analysis_of(task_of(*data, neurons="1,2,4,9"), tmp_path / "measured.jsonl")
    assert analysis.probe.weights.shape == (3, NEURONS)
    assert not analysis.probe.weights[:, [0, 3, 5, 6, 7, 8]].any()
    # 2, 9, 4, 1 in the ranking's order, as places in 1, 2, 4, 9.
    assert analysis.positions(ORDER).tolist() == [1, 3, 2, 0]
    top = next(entry for entry in analysis.ablation(ORDER, [0.5], 0) if entry.kind == "mask")
    kept = np.where(np.isin(np.arange(NEURONS), [2, 9]), values(data[1]), 0)
    predicted = (kept @ analysis.probe.weights.T + analysis.probe.bias).argmax(axis=1)
    assert top.accuracy == (predicted == analysis.task.test.y).mean()


def test_accuracy__comes_with_the_baseline_and_every_label(analysis):
    task, found = analysis.task, analysis.accuracy()
    predicted = analysis.probe.predict(task.test, task)
    baseline = MajorityBaseline.fit(task.train.words, task.train.y).predict(task.test.words)
    gained = analysis.intervals.difference(predicted == task.test.y, baseline == task.test.y, task.test.sentence)
    assert found.versus_majority == gained and gained.low < gained.value < gained.high
    assert found.accuracy == (predicted == task.test.y).mean() > found.majority
    assert found.majority == (baseline == task.test.y).mean()
    assert found.low < found.accuracy < found.high
    assert list(found.labels) == list(LABELS)
    assert sum(scores.support for scores in found.labels.values()) == len(task.test)


def test_selectivity__is_accuracy_minus_that_of_random_labels_of_words(analysis, data):
    task = analysis.task
    counts = np.bincount(task.train.y)
    train, test = (control_labels(part.words, counts, seed=1) for part in (task.train, task.test))
    probe = ElasticNetProbe(1e-3, 1e-3, tolerance=1e-2).fit(values(data[0]), train)
    found = analysis.control_task()
    assert found.accuracy == probe.score(values(data[1]), test)
    assert found.selectivity == analysis.accuracy().accuracy - found.accuracy
    correct = probe.predict(values(data[1])) == test, analysis.probe.predict(task.test, task) == task.test.y
    between = analysis.intervals.difference(correct[1], correct[0], task.test.sentence)
    assert found.selectivity_interval == Interval(between.low, between.high)
    assert [getattr(found, name) for name in FIT] == [probe.objective_, probe.gap_, probe.n_iter_]


def test_differences__are_paired_on_the_words_that_each_subset_predicts_correctly(analysis, data):
    entries = analysis.ablation(ORDER, [0.3], 2)
    sentence, y = analysis.task.test.sentence, analysis.task.test.y
    found = differences(entries, sentence, analysis.intervals)
    assert [(x.kind, x.between, x.seed) for x in found] == [
        (kind, *other)
        for other in (("top-bottom", None), ("top-random", 1), ("top-random", 2))
        for kind in ("mask", "retrain")
    ]
    top, bottom = (analysis.probe.predict(analysis.task.test, analysis.task, c) for c in (ORDER[:3], ORDER[::-1][:3]))
    expected = analysis.intervals.difference(top == y, bottom == y, sentence)
    assert (found[0].value, found[0].low, found[0].high) == (expected.value, expected.low, expected.high)
    accuracies = {(entry.kind, entry.keep): entry.accuracy for entry in entries}
    reached = [accuracies["retrain", keep] for keep in ("top", "bottom")]
    assert found[1].value == pytest.approx(reached[0] - reached[1])


def test_refits__say_how_near_their_optimum_they_are(analysis):
    for entry in analysis.ablation(ORDER, [0.3], 1):
        assert all((getattr(entry, name) is None) == (entry.kind == "mask") for name in FIT)
        assert entry.kind == "mask" or entry.gap <= 1e-2 * entry.objective
    assert analysis.retrain(np.arange(3), "mine").iterations > 0


@pytest.mark.parametrize("options", [{"per_label": 2}, {"balance": "downsample"}], ids=str)
def test_baseline__is_of_the_words_before_balancing(data, tmp_path, options):
    every, balanced = task_of(*data), task_of(*data, **options)
    assert len(balanced.train) < len(every.train)
    assert balanced.signature != every.signature
    assert balanced.baseline == every.baseline
    found = [analysis_of(task, tmp_path / str(len(task.train))).accuracy() for task in (every, balanced)]
    assert (found[0].majority, found[0].unknown_words) == (found[1].majority, found[1].unknown_words)


def test_grid_points__are_single_fits(data, tmp_path):
    analysis = analysis_of(task_of(*data), tmp_path / "measured.jsonl", refit_tolerance=1e-4)
    points = analysis.grid([0.1, 1e-3, 0.01])
    assert [(point.l1, point.l2) for point in points[:4]] == [(0.1, 0.1), (0.1, 1e-3), (0.1, 0.01), (1e-3, 0.1)]
    train, test = (values(part) for part in data)
    for point in points:
        single = ElasticNetProbe(point.l1, point.l2, tolerance=1e-4).fit(train, analysis.task.train.y)
        assert point.objective == pytest.approx(single.objective_, rel=2e-4)
        assert point.accuracy == pytest.approx(single.score(test, analysis.task.test.y), abs=1 / 60 + 1e-9)
        assert point.low <= point.accuracy <= point.high
        assert point.nonzero == pytest.approx((single.coef_ != 0).mean(), abs=0.1)


def test_trained_probe__finds_the_planted_neurons(analysis):
    assert set(algorithm1(analysis.probe.weights).order[:3]) == {0, 1, 2}
