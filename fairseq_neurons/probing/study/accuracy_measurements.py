"""Measure the accuracy of a probe, beside the majority baseline and the control task."""

from __future__ import annotations

import numpy as np

from fairseq_neurons.probing.control_task import control_labels, selectivity
from fairseq_neurons.probing.prediction_scores import label_scores
from fairseq_neurons.probing.result_parts import Interval, LabelScore
from fairseq_neurons.probing.study.confidence_intervals import pack, unpack
from fairseq_neurons.probing.study.labelled_words import Task
from fairseq_neurons.probing.study.linguistic_analysis import NO_FIT, LinguisticAnalysis, fit_of
from fairseq_neurons.probing.study.measured_records import MeasuredAccuracy, MeasuredControlTask


def measure_accuracy(analysis: LinguisticAnalysis) -> MeasuredAccuracy:
    """Measure accuracy, the majority baseline (Table 1), and the scores of every label."""
    signature = analysis.signature("accuracy")
    return analysis.records(MeasuredAccuracy).measure(signature, lambda: _accuracy(analysis, signature))


def measure_control_task(analysis: LinguisticAnalysis) -> MeasuredControlTask:
    """Measure accuracy on the control task, and selectivity (Hewitt & Liang 2019)."""
    signature = analysis.signature(f"control|seed:{analysis.settings.seed}|{analysis.refit_signature}")
    return analysis.records(MeasuredControlTask).measure(signature, lambda: _control_task(analysis, signature))


def _accuracy(analysis: LinguisticAnalysis, signature: str) -> MeasuredAccuracy:
    task, test, baseline = analysis.task, analysis.task.test, analysis.task.baseline
    predicted = analysis.probe.predict(test, task)
    correct, majority = predicted == test.y, baseline.predict(test.words) == test.y
    return MeasuredAccuracy(
        *analysis.score(predicted),
        pack(correct),
        float(majority.mean()),
        analysis.intervals.of(majority, test.sentence),
        analysis.intervals.difference(correct, majority, test.sentence),
        baseline.unknown_share(test.words),
        _label_scores(task, predicted),
        signature,
    )


def _label_scores(task: Task, predicted: np.ndarray) -> dict[str, LabelScore]:
    scores = label_scores(task.test.y, predicted, len(task.labels))
    return {
        label: LabelScore(
            float(scores.precision[i]), float(scores.recall[i]), float(scores.f1[i]), int(scores.support[i])
        )
        for i, label in enumerate(task.labels)
    }


def _control_task(analysis: LinguisticAnalysis, signature: str) -> MeasuredControlTask:
    train, test = analysis.task.train, analysis.task.test
    counts = np.bincount(train.y, minlength=len(analysis.task.labels))
    labels = [control_labels(part.words, counts, analysis.settings.seed) for part in (train, test)]
    if len(np.unique(labels[0])) < 2:
        return MeasuredControlTask(None, None, None, *NO_FIT, signature)
    fitted = analysis.settings.estimator(refit=True).fit(train.design, labels[0])
    correct, reached = fitted.predict(test.design) == labels[1], measure_accuracy(analysis)
    # Both tasks are scored on the same words, so their difference is paired.
    between = analysis.intervals.difference(unpack(reached.correct, len(test)), correct, test.sentence)
    accuracy = float(correct.mean())
    found = (accuracy, selectivity(reached.accuracy, accuracy), Interval(between.low, between.high))
    return MeasuredControlTask(*found, *fit_of(fitted), signature)
