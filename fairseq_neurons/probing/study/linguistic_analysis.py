"""Linguistic Correlation Analysis: how well neurons tell a property, and which of them do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from tqdm import tqdm

from fairseq_neurons.probing.control_task import control_labels, selectivity
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.neuron_subsets import Subset, subsets
from fairseq_neurons.probing.prediction_scores import label_scores
from fairseq_neurons.probing.regularisation_path import regularisation_path
from fairseq_neurons.probing.study.confidence_intervals import Intervals, pack, unpack
from fairseq_neurons.probing.study.labelled_words import Task
from fairseq_neurons.probing.study.paired_differences import CORRECT
from fairseq_neurons.probing.study.trained_probe import ProbeSettings, TrainedProbe
from fairseq_neurons.storage.results_log import Entry, EntryLog

# Predicted label ids, (N,), and how near to its optimum the probe is that made them.
Predictions = Callable[[], tuple[np.ndarray, Entry]]
NO_FIT: Entry = {"objective": None, "gap": None, "iterations": None}


@dataclass
class LinguisticAnalysis:
    """The measurements of one probe, each written to a ledger as it is made.

    Args:
        task: words and labels.
        probe: trained on the task.
        settings: how it was trained.
        ledger: where results are kept.
        intervals: how sure they are.
    """

    task: Task
    probe: TrainedProbe
    settings: ProbeSettings
    ledger: EntryLog
    intervals: Intervals = field(default_factory=Intervals)

    def accuracy(self) -> Entry:
        """Accuracy, the majority baseline (Table 1), the scores of every label."""
        return self.ledger.measure(self._signature("accuracy"), self._accuracy)

    def control(self) -> Entry:
        """Accuracy on the control task, and selectivity (Hewitt & Liang 2019)."""
        signature = self._signature(f"control|seed:{self.settings.seed}|{self._refit}")
        return self.ledger.measure(signature, self._control)

    def ablation(self, order: np.ndarray, fractions: Sequence[float], random: int) -> list[Entry]:
        """Accuracy with only the top, the bottom or random neurons: masked out, and trained again (Tables 2, 4 to 6).

        Args:
            order: int64 (neurons,), all of the model's, most important first.
            fractions: of the neurons that take part.
            random: how many random subsets of each size.
        """
        found = []
        chosen = list(subsets(self.positions(order), fractions, random, self.settings.seed))
        for subset in tqdm(chosen, desc="neurons kept", disable=None):
            for kind, measure in (("mask", self._masked), ("retrain", self._retrained)):
                found.append(self._measure_subset(kind, subset, measure(subset.neurons)))
        return found

    def retrain(self, neurons: np.ndarray, name: str) -> Entry:
        """Accuracy of a probe of a ranking's first neurons.

        Args:
            neurons: int64 (n,), their positions among those that take part.
            name: of the ranking.
        """
        settings = f"retrain|ranking:{name}|{_digest(neurons)}|{self._refit}"

        def measure() -> Entry:
            predicted, fit = self._retrained(neurons)()
            return {"ranking": name, "neurons": len(neurons), **self._score(predicted), **fit}

        return self.ledger.measure(self._signature(settings), measure)

    def grid(self, values: Sequence[float]) -> list[Entry]:
        """Accuracy for every pair of penalties (Figure 2)."""
        wanted = self._grid_signatures(values)
        train, test = self.task.train, self.task.test
        probe = replace(self.settings, solver="certified").estimator(refit=True)
        fits = regularisation_path(train.design, train.y, values, values, probe, self._known(wanted))
        missing = sum(signature not in self.ledger for signature in wanted.values())
        for fitted in tqdm(fits, total=missing, desc="penalties", disable=None):
            entry = {**self._score(fitted.predict(test.design)), **_fit(fitted), "nonzero": _nonzero(fitted)}
            self.ledger.add(wanted[fitted.l1, fitted.l2], {"l1": fitted.l1, "l2": fitted.l2, **entry})
        return [self.ledger[signature] for signature in wanted.values()]

    def _grid_signatures(self, values: Sequence[float]) -> dict[tuple[float, float], str]:
        # A fit begins where its neighbour ended: it is of its grid, up to the tolerance.
        path = ",".join(f"{value:.9g}" for value in sorted(values))
        fit = f"path:{path}|max_iter:{self.settings.max_iter}|{self._refit}"
        return {(a, b): self._signature(f"grid|l1:{a:.9g}|l2:{b:.9g}|{fit}") for a in values for b in values}

    def _known(self, wanted: dict[tuple[float, float], str]) -> Callable[[float, float], bool]:
        return lambda l1, l2: wanted[l1, l2] in self.ledger

    def _accuracy(self) -> Entry:
        test, baseline = self.task.test, self.task.baseline
        predicted = self.probe.predict(test, self.task)
        correct, majority = predicted == test.y, baseline.predict(test.words) == test.y
        return {
            **self._score(predicted),
            CORRECT: pack(correct),
            "majority": float(majority.mean()),
            "majority_interval": self.intervals.of(majority, test.sentence),
            "versus_majority": self.intervals.difference(correct, majority, test.sentence),
            "unknown_words": baseline.unknown_share(test.words),
            "labels": self._label_scores(predicted),
        }

    def _label_scores(self, predicted: np.ndarray) -> dict[str, dict[str, float | int]]:
        scores = label_scores(self.task.test.y, predicted, len(self.task.labels))
        return {
            label: {
                "precision": float(scores.precision[i]),
                "recall": float(scores.recall[i]),
                "f1": float(scores.f1[i]),
                "support": int(scores.support[i]),
            }
            for i, label in enumerate(self.task.labels)
        }

    def _control(self) -> Entry:
        train, test = self.task.train, self.task.test
        counts = np.bincount(train.y, minlength=len(self.task.labels))
        labels = [control_labels(part.words, counts, self.settings.seed) for part in (train, test)]
        if len(np.unique(labels[0])) < 2:
            return {**dict.fromkeys(("accuracy", "selectivity", "selectivity_interval")), **NO_FIT}
        fitted = self.settings.estimator(refit=True).fit(train.design, labels[0])
        correct, told = fitted.predict(test.design) == labels[1], self.accuracy()
        # Both tasks are scored on the same words.
        between = self.intervals.difference(unpack(told[CORRECT], len(test)), correct, test.sentence)
        return {
            "accuracy": float(correct.mean()),
            "selectivity": selectivity(told["accuracy"], float(correct.mean())),
            "selectivity_interval": {end: between[end] for end in ("low", "high")},
            **_fit(fitted),
        }

    def positions(self, order: np.ndarray) -> np.ndarray:
        """Of those neurons that take part, in the order of a ranking of all."""
        position = np.full(len(self.task.neurons), -1)
        position[self.task.columns] = np.arange(len(self.task.columns))
        return position[order][position[order] >= 0]

    def _masked(self, neurons: np.ndarray) -> Predictions:
        return lambda: (self.probe.predict(self.task.test, self.task, neurons), NO_FIT)

    def _retrained(self, neurons: np.ndarray) -> Predictions:
        def predictions() -> tuple[np.ndarray, Entry]:
            train, test = self.task.train.design.select(neurons), self.task.test.design.select(neurons)
            fitted = self.settings.estimator(refit=True).fit(train, self.task.train.y)
            return fitted.predict(test), _fit(fitted)

        return predictions

    def _measure_subset(self, kind: str, subset: Subset, predictions: Predictions) -> Entry:
        seed = f"|seed:{subset.seed}" if subset.seed is not None else ""
        stop = f"|{self._refit}" if kind == "retrain" else ""
        kept = f"keep:{subset.keep}|fraction:{subset.fraction:.9g}{seed}|{_digest(subset.neurons)}"
        signature = self._signature(f"{kind}|{kept}{stop}")

        def measure() -> Entry:
            place = {"kind": kind, "keep": subset.keep, "fraction": subset.fraction, "seed": subset.seed}
            predicted, fit = predictions()
            correct = {CORRECT: pack(predicted == self.task.test.y)}
            return {**place, "neurons": len(subset.neurons), **self._score(predicted), **fit, **correct}

        return self.ledger.measure(signature, measure)

    def _score(self, predicted: np.ndarray) -> dict[str, Any]:
        test = self.task.test
        correct = predicted == test.y
        return {"accuracy": float(correct.mean()), **self.intervals.of(correct, test.sentence)}

    @property
    def _refit(self) -> str:
        return f"refit_tolerance:{self.settings.refit_tolerance:.9g}"

    def _signature(self, what: str) -> str:
        return f"{what}|{self.intervals.signature}|{self.probe.signature}"


def _digest(neurons: np.ndarray) -> str:
    """How many and which, as they were ranked."""
    return f"neurons:{len(neurons)}-{hashlib.sha256(neurons.astype(np.int64).tobytes()).hexdigest()[:8]}"


def _fit(fitted: ElasticNetProbe) -> Entry:
    """How near a probe came to its optimum."""
    return {"objective": fitted.objective_, "gap": finite(fitted.gap_), "iterations": fitted.n_iter_}


def _nonzero(fitted: ElasticNetProbe) -> float:
    return float((fitted.coef_ != 0).mean())


def finite(value: float) -> float | None:
    """JSON knows no infinity."""
    return value if np.isfinite(value) else None
