"""Linguistic Correlation Analysis: a trained probe, its task, and how its measurements are made, signed and logged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.study.confidence_intervals import Intervals
from fairseq_neurons.probing.study.labelled_words import Task
from fairseq_neurons.probing.study.trained_probe import ProbeSettings, TrainedProbe
from fairseq_neurons.storage.json_records import read_record, record_to_json
from fairseq_neurons.storage.results_log import LogFile, ResultsLog

Record = TypeVar("Record")


class Score(NamedTuple):
    """An accuracy and the ends of its confidence interval."""

    accuracy: float
    low: float | None
    high: float | None


class Fit(NamedTuple):
    """How close a probe is to its optimum; all None if no probe was trained."""

    objective: float | None
    gap: float | None
    iterations: int | None


NO_FIT = Fit(None, None, None)


@dataclass
class LinguisticAnalysis:
    """A trained probe and its task, with the means to measure both (Dalvi et al. 2019).

    Args:
        task: words and labels.
        probe: trained on the task.
        settings: settings of its training, also used for other probes.
        log: file to which each measurement is written as soon as it is made.
        intervals: settings of the confidence intervals.
    """

    task: Task
    probe: TrainedProbe
    settings: ProbeSettings
    log: LogFile
    intervals: Intervals = field(default_factory=Intervals)

    def records(self, kind: type[Record]) -> ResultsLog[Record]:
        """The measurements of one kind in the log."""
        return ResultsLog(self.log, record_to_json, partial(read_record, kind))

    def signature(self, what: str) -> str:
        """The signature of a measurement."""
        return f"{what}|{self.intervals.signature}|{self.probe.signature}"

    @property
    def refit_signature(self) -> str:
        """The part of a signature that all probes trained on less than the task have."""
        return f"refit_tolerance:{self.settings.refit_tolerance:.9g}"

    def score(self, predicted: np.ndarray) -> Score:
        """Compute the accuracy of predicted label ids of the test words, (N,), and its interval."""
        test = self.task.test
        correct = predicted == test.y
        interval = self.intervals.of(correct, test.sentence)
        return Score(float(correct.mean()), interval.low, interval.high)

    def positions(self, order: np.ndarray) -> np.ndarray:
        """Convert a ranking of all neurons to positions among the neurons in the study, in the same order."""
        position = np.full(len(self.task.neurons), -1)
        position[self.task.columns] = np.arange(len(self.task.columns))
        return position[order][position[order] >= 0]

    def refit(self, neurons: np.ndarray) -> tuple[ElasticNetProbe, Design]:
        """Train a probe on some neurons only.

        Args:
            neurons: int64 (n,), positions among the neurons in the study.

        Returns:
            The probe, and the values of these neurons in the test words.
        """
        train, test = self.task.train.design.select(neurons), self.task.test.design.select(neurons)
        return self.settings.estimator(refit=True).fit(train, self.task.train.y), test


def fit_of(fitted: ElasticNetProbe) -> tuple[float, float | None, int]:
    """Objective, gap and number of iterations of a trained probe."""
    return fitted.objective_, finite(fitted.gap_), fitted.n_iter_


def digest_of(neurons: np.ndarray) -> str:
    """The number of neurons, and a checksum of their indices in order."""
    return f"neurons:{len(neurons)}-{hashlib.sha256(neurons.astype(np.int64).tobytes()).hexdigest()[:8]}"


def finite(value: float) -> float | None:
    """Replace infinity, which JSON does not have, by None."""
    return value if np.isfinite(value) else None
