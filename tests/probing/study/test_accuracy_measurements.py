"""Accuracy, the majority baseline and selectivity equal literal ones."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.probing.control_task import control_labels
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.majority_baseline import MajorityBaseline
from fairseq_neurons.probing.result_parts import Interval
from fairseq_neurons.probing.study.accuracy_measurements import measure_accuracy, measure_control_task
from tests.probing.study.made_words import FIT, LABELS, analysis_of, task_of, values_of


def test_accuracy__comes_with_the_baseline_and_every_label(analysis):
    task, found = analysis.task, measure_accuracy(analysis)
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
    probe = ElasticNetProbe(1e-3, 1e-3, tolerance=1e-2).fit(values_of(data[0]), train)
    found = measure_control_task(analysis)
    assert found.accuracy == probe.score(values_of(data[1]), test)
    assert found.selectivity == measure_accuracy(analysis).accuracy - found.accuracy
    correct = probe.predict(values_of(data[1])) == test, analysis.probe.predict(task.test, task) == task.test.y
    between = analysis.intervals.difference(correct[1], correct[0], task.test.sentence)
    assert found.selectivity_interval == Interval(between.low, between.high)
    assert [getattr(found, name) for name in FIT] == [probe.objective_, probe.gap_, probe.n_iter_]


@pytest.mark.parametrize("options", [{"per_label": 2}, {"balance": "downsample"}], ids=str)
def test_baseline__is_of_the_words_before_balancing(data, tmp_path, options):
    every, balanced = task_of(*data), task_of(*data, **options)
    assert len(balanced.train) < len(every.train)
    assert balanced.signature != every.signature
    assert balanced.baseline == every.baseline
    found = [measure_accuracy(analysis_of(task, tmp_path / str(len(task.train)))) for task in (every, balanced)]
    assert (found[0].majority, found[0].unknown_words) == (found[1].majority, found[1].unknown_words)
