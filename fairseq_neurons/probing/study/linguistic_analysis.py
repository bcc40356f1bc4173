"""Linguistic Correlation Analysis: how well neurons predict a property, and which of them do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
from tqdm import tqdm

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.control_task import control_labels, selectivity
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.neuron_subsets import Subset, subsets
from fairseq_neurons.probing.prediction_scores import label_scores
from fairseq_neurons.probing.regularisation_path import regularisation_path
from fairseq_neurons.probing.result_parts import (
    AblationRow,
    Difference,
    GridCell,
    Interval,
    LabelScore,
    RankingAccuracy,
)
from fairseq_neurons.probing.study.confidence_intervals import Intervals, pack, unpack
from fairseq_neurons.probing.study.labelled_words import Task
from fairseq_neurons.probing.study.trained_probe import ProbeSettings, TrainedProbe
from fairseq_neurons.storage.json_records import read_record, record_to_json
from fairseq_neurons.storage.results_log import LogFile, ResultsLog

Record = TypeVar("Record")


class Fit(NamedTuple):
    """How near a probe came to its optimum; None for a probe that was not trained."""

    objective: float | None
    gap: float | None
    iterations: int | None


NO_FIT = Fit(None, None, None)
# Predicted label ids, (N,), and the fit of the probe that predicted them.
Predictions = Callable[[], tuple[np.ndarray, Fit]]


@dataclass(frozen=True)
class MeasuredAccuracy:
    """A line of the results log: accuracy of the probe and of the majority baseline.

    Args:
        accuracy: on the test words.
        low: of its interval.
        high: likewise.
        correct: which words are predicted correctly, see `pack`.
        majority: accuracy of the majority baseline.
        majority_interval: of it.
        versus_majority: accuracy minus that of the majority baseline.
        unknown_words: share of test words that no training sentence has.
        labels: scores of each label.
        signature: of all of them.
    """

    accuracy: float
    low: float | None
    high: float | None
    correct: str
    majority: float
    majority_interval: Interval
    versus_majority: Difference
    unknown_words: float
    labels: dict[str, LabelScore]
    signature: str


@dataclass(frozen=True)
class MeasuredControlTask:
    """A line of the results log: accuracy on the control task; None where that has only one label."""

    accuracy: float | None
    selectivity: float | None
    selectivity_interval: Interval | None
    objective: float | None
    gap: float | None
    iterations: int | None
    signature: str


@dataclass(frozen=True)
class MeasuredRow(AblationRow):
    """A line of the results log: a row of the ablation, and which words are predicted correctly, see `pack`."""

    correct: str

    def without_words(self) -> AblationRow:
        """The row as results have it."""
        return AblationRow(**{item.name: getattr(self, item.name) for item in fields(AblationRow)})


@dataclass
class LinguisticAnalysis:
    """The measurements of one probe, each written to a log as it is made.

    Args:
        task: words and labels.
        probe: trained on the task.
        settings: of its training.
        log: keeps the measurements.
        intervals: settings of the confidence intervals.
    """

    task: Task
    probe: TrainedProbe
    settings: ProbeSettings
    log: LogFile
    intervals: Intervals = field(default_factory=Intervals)

    def accuracy(self) -> MeasuredAccuracy:
        """Accuracy, the majority baseline (Table 1), the scores of every label."""
        signature = self._signature("accuracy")
        return self._log(MeasuredAccuracy).measure(signature, lambda: self._accuracy(signature))

    def control_task(self) -> MeasuredControlTask:
        """Accuracy on the control task, and selectivity (Hewitt & Liang 2019)."""
        signature = self._signature(f"control|seed:{self.settings.seed}|{self._refit}")
        return self._log(MeasuredControlTask).measure(signature, lambda: self._control_task(signature))

    def ablation(self, order: np.ndarray, fractions: Sequence[float], random: int) -> list[MeasuredRow]:
        """Accuracy with only the top, bottom or random neurons, by masking-out and by retraining (Tables 2, 4 to 6).

        Args:
            order: int64 (neurons,), all of the model's, most important first.
            fractions: of the neurons in the study.
            random: number of random subsets of each size.
        """
        found = []
        chosen = list(subsets(self.positions(order), fractions, random, self.settings.seed))
        for subset in tqdm(chosen, desc="neurons kept", disable=None):
            for kind, measure in (("mask", self._masked), ("retrain", self._retrained)):
                found.append(self._measure_subset(kind, subset, measure(subset.neurons)))
        return found

    def retrain(self, neurons: np.ndarray, name: str) -> RankingAccuracy:
        """Accuracy of a probe of a ranking's first neurons.

        Args:
            neurons: int64 (n,), their positions among those that take part.
            name: of the ranking.
        """
        signature = self._signature(f"retrain|ranking:{name}|{_digest(neurons)}|{self._refit}")

        def measure() -> RankingAccuracy:
            fitted, test = self._retrain(neurons)
            score = self._score(fitted.predict(test))
            return RankingAccuracy(name, len(neurons), *score, *_known_fit(fitted), signature)

        return self._log(RankingAccuracy).measure(signature, measure)

    def grid(self, values: Sequence[float]) -> list[GridCell]:
        """Accuracy for every pair of penalties (Figure 2)."""
        wanted, log = self._grid_signatures(values), self._log(GridCell)
        train, test = self.task.train, self.task.test
        probe = replace(self.settings, solver="certified").estimator(refit=True)
        fits = regularisation_path(train.design, train.y, values, values, probe, self._known(wanted))
        missing = sum(signature not in log for signature in wanted.values())
        for fitted in tqdm(fits, total=missing, desc="penalties", disable=None):
            signature, score = wanted[fitted.l1, fitted.l2], self._score(fitted.predict(test.design))
            cell = GridCell(fitted.l1, fitted.l2, *score, *_known_fit(fitted), _nonzero(fitted), signature)
            log.add(signature, cell)
        return [log[signature] for signature in wanted.values()]

    def _grid_signatures(self, values: Sequence[float]) -> dict[tuple[float, float], str]:
        # A fit begins where its neighbour ended: it is of its grid, up to the tolerance.
        path = ",".join(f"{value:.9g}" for value in sorted(values))
        fit = f"path:{path}|max_iter:{self.settings.max_iter}|{self._refit}"
        return {(a, b): self._signature(f"grid|l1:{a:.9g}|l2:{b:.9g}|{fit}") for a in values for b in values}

    def _known(self, wanted: dict[tuple[float, float], str]) -> Callable[[float, float], bool]:
        return lambda l1, l2: wanted[l1, l2] in self.log

    def _accuracy(self, signature: str) -> MeasuredAccuracy:
        test, baseline = self.task.test, self.task.baseline
        predicted = self.probe.predict(test, self.task)
        correct, majority = predicted == test.y, baseline.predict(test.words) == test.y
        return MeasuredAccuracy(
            *self._score(predicted),
            pack(correct),
            float(majority.mean()),
            self.intervals.of(majority, test.sentence),
            self.intervals.difference(correct, majority, test.sentence),
            baseline.unknown_share(test.words),
            self._label_scores(predicted),
            signature,
        )

    def _label_scores(self, predicted: np.ndarray) -> dict[str, LabelScore]:
        scores = label_scores(self.task.test.y, predicted, len(self.task.labels))
        return {
            label: LabelScore(
                float(scores.precision[i]), float(scores.recall[i]), float(scores.f1[i]), int(scores.support[i])
            )
            for i, label in enumerate(self.task.labels)
        }

    def _control_task(self, signature: str) -> MeasuredControlTask:
        train, test = self.task.train, self.task.test
        counts = np.bincount(train.y, minlength=len(self.task.labels))
        labels = [control_labels(part.words, counts, self.settings.seed) for part in (train, test)]
        if len(np.unique(labels[0])) < 2:
            return MeasuredControlTask(None, None, None, *NO_FIT, signature)
        fitted = self.settings.estimator(refit=True).fit(train.design, labels[0])
        correct, reached = fitted.predict(test.design) == labels[1], self.accuracy()
        # Both tasks are scored on the same words.
        between = self.intervals.difference(unpack(reached.correct, len(test)), correct, test.sentence)
        accuracy = float(correct.mean())
        found = (accuracy, selectivity(reached.accuracy, accuracy), Interval(between.low, between.high))
        return MeasuredControlTask(*found, *_known_fit(fitted), signature)

    def positions(self, order: np.ndarray) -> np.ndarray:
        """Positions among the neurons in the study, in the order of a ranking of all neurons."""
        position = np.full(len(self.task.neurons), -1)
        position[self.task.columns] = np.arange(len(self.task.columns))
        return position[order][position[order] >= 0]

    def _masked(self, neurons: np.ndarray) -> Predictions:
        return lambda: (self.probe.predict(self.task.test, self.task, neurons), NO_FIT)

    def _retrained(self, neurons: np.ndarray) -> Predictions:
        def predictions() -> tuple[np.ndarray, Fit]:
            fitted, test = self._retrain(neurons)
            return fitted.predict(test), Fit(*_known_fit(fitted))

        return predictions

    def _retrain(self, neurons: np.ndarray) -> tuple[ElasticNetProbe, Design]:
        """A probe trained on some neurons only, and their values in the test words."""
        train, test = self.task.train.design.select(neurons), self.task.test.design.select(neurons)
        return self.settings.estimator(refit=True).fit(train, self.task.train.y), test

    def _measure_subset(self, kind: str, subset: Subset, predictions: Predictions) -> MeasuredRow:
        seed = f"|seed:{subset.seed}" if subset.seed is not None else ""
        stop = f"|{self._refit}" if kind == "retrain" else ""
        kept = f"keep:{subset.keep}|fraction:{subset.fraction:.9g}{seed}|{_digest(subset.neurons)}"
        signature = self._signature(f"{kind}|{kept}{stop}")

        def measure() -> MeasuredRow:
            predicted, fit = predictions()
            place = (kind, subset.keep, subset.fraction, subset.seed, len(subset.neurons))
            correct = pack(predicted == self.task.test.y)
            return MeasuredRow(*place, *self._score(predicted), *fit, signature, correct)

        return self._log(MeasuredRow).measure(signature, measure)

    def _score(self, predicted: np.ndarray) -> tuple[float, float | None, float | None]:
        """Accuracy and its interval."""
        test = self.task.test
        correct = predicted == test.y
        interval = self.intervals.of(correct, test.sentence)
        return float(correct.mean()), interval.low, interval.high

    def _log(self, kind: type[Record]) -> ResultsLog[Record]:
        """The log's lines of one kind."""
        return ResultsLog(self.log, record_to_json, partial(read_record, kind))

    @property
    def _refit(self) -> str:
        return f"refit_tolerance:{self.settings.refit_tolerance:.9g}"

    def _signature(self, what: str) -> str:
        return f"{what}|{self.intervals.signature}|{self.probe.signature}"


def _digest(neurons: np.ndarray) -> str:
    """Their number, and a checksum of the neurons in their order."""
    return f"neurons:{len(neurons)}-{hashlib.sha256(neurons.astype(np.int64).tobytes()).hexdigest()[:8]}"


def _known_fit(fitted: ElasticNetProbe) -> tuple[float, float | None, int]:
    """Objective, gap and iterations of a trained probe."""
    return fitted.objective_, finite(fitted.gap_), fitted.n_iter_


def _nonzero(fitted: ElasticNetProbe) -> float:
    return float((fitted.coef_ != 0).mean())


def finite(value: float) -> float | None:
    """JSON knows no infinity."""
    return value if np.isfinite(value) else None
