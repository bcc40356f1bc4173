"""Differences are paired on the words that each subset predicts correctly."""

from __future__ import annotations

import pytest

from fairseq_neurons.probing.study.paired_differences import differences
from fairseq_neurons.probing.study.subset_measurements import measure_ablation
from tests.probing.study.made_words import ORDER


def test_differences__are_paired_on_the_words_that_each_subset_predicts_correctly(analysis, data):
    entries = measure_ablation(analysis, ORDER, [0.3], 2)
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
