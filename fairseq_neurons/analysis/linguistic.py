"""Linguistic Correlation Analysis: how well neurons tell a property, and which of them do."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from tqdm import tqdm

from fairseq_neurons.analysis.ledger import Entry, Ledger
from fairseq_neurons.analysis.probe import ProbeSettings, TrainedProbe
from fairseq_neurons.analysis.words import Task
from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.baselines import MajorityBaseline
from fairseq_neurons.probing.control import control_labels, selectivity
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.path import regularisation_path
from fairseq_neurons.probing.scores import accuracy, accuracy_interval, label_scores
from fairseq_neurons.probing.subsets import Subset, subsets


@dataclass(frozen=True)
class Intervals:
    """Bootstrap over sentences.

    Args:
        confidence: of the intervals.
        resamples: how often.
        seed: of the draws.
    """

    confidence: float = 0.95
    resamples: int = 1000
    seed: int = 1

    def check(self) -> None:
        """Refuse what cannot be, before anything is read.

        Raises:
            InputError: naming the setting.
        """
        if not 0 < self.confidence < 1 or self.resamples < 1:
            raise InputError(
                f"confidence={self.confidence}, resamples={self.resamples}: give one in (0, 1), one above 0."
            )

    @property
    def signature(self) -> str:
        return f"interval:{self.confidence:.9g}x{self.resamples}-seed:{self.seed}"

    def of(self, correct: np.ndarray, sentence: np.ndarray) -> dict[str, float | None]:
        """``low`` and ``high`` of an accuracy; None where one sentence tells nothing."""
        ends = accuracy_interval(correct, sentence, self.confidence, self.resamples, self.seed)
        return {name: None if np.isnan(end) else end for name, end in zip(("low", "high"), ends, strict=True)}


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
    ledger: Ledger
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
            return {"ranking": name, "neurons": len(neurons), **self._score(self._retrained(neurons)())}

        return self.ledger.measure(self._signature(settings), measure)

    def grid(self, values: Sequence[float]) -> list[Entry]:
        """Accuracy for every pair of penalties (Figure 2)."""
        wanted = self._grid_signatures(values)
        train, test = self.task.train, self.task.test
        probe = replace(self.settings, solver="certified").estimator(refit=True)
        fits = regularisation_path(train.design, train.y, values, values, probe, self._known(wanted))
        missing = sum(signature not in self.ledger for signature in wanted.values())
        for fitted in tqdm(fits, total=missing, desc="penalties", disable=None):
            entry = _grid_point(fitted, accuracy(test.y, fitted.predict(test.design)))
            self.ledger.add(wanted[fitted.l1, fitted.l2], entry)
        return [self.ledger[signature] for signature in wanted.values()]

    def _grid_signatures(self, values: Sequence[float]) -> dict[tuple[float, float], str]:
        # A fit begins where its neighbour ended: it is of its grid, up to the tolerance.
        path = ",".join(f"{value:.9g}" for value in sorted(values))
        fit = f"path:{path}|max_iter:{self.settings.max_iter}|{self._refit}"
        return {(a, b): self._signature(f"grid|l1:{a:.9g}|l2:{b:.9g}|{fit}") for a in values for b in values}

    def _known(self, wanted: dict[tuple[float, float], str]) -> Callable[[float, float], bool]:
        return lambda l1, l2: wanted[l1, l2] in self.ledger

    def _accuracy(self) -> Entry:
        test, train = self.task.test, self.task.train
        predicted = self.probe.predict(test, self.task)
        baseline = MajorityBaseline.fit(train.words, train.y)
        majority = baseline.predict(test.words)
        scores = label_scores(test.y, predicted, len(self.task.labels))
        return {
            **self._score(predicted),
            "majority": accuracy(test.y, majority),
            "majority_interval": self.intervals.of(majority == test.y, test.sentence),
            "unknown_words": baseline.unknown_share(test.words),
            "labels": {
                label: {
                    "precision": float(scores.precision[i]),
                    "recall": float(scores.recall[i]),
                    "f1": float(scores.f1[i]),
                    "support": int(scores.support[i]),
                }
                for i, label in enumerate(self.task.labels)
            },
        }

    def _control(self) -> Entry:
        train, test = self.task.train, self.task.test
        counts = np.bincount(train.y, minlength=len(self.task.labels))
        labels = [control_labels(part.words, counts, self.settings.seed) for part in (train, test)]
        if len(np.unique(labels[0])) < 2:
            return {"accuracy": None, "selectivity": None}
        fitted = self.settings.estimator(refit=True).fit(train.design, labels[0])
        reached = accuracy(labels[1], fitted.predict(test.design))
        return {"accuracy": reached, "selectivity": selectivity(self.accuracy()["accuracy"], reached)}

    def positions(self, order: np.ndarray) -> np.ndarray:
        """Of those neurons that take part, in the order of a ranking of all."""
        position = np.full(len(self.task.neurons), -1)
        position[self.task.columns] = np.arange(len(self.task.columns))
        return position[order][position[order] >= 0]

    def _masked(self, neurons: np.ndarray) -> Callable[[], np.ndarray]:
        return lambda: self.probe.predict(self.task.test, self.task, neurons)

    def _retrained(self, neurons: np.ndarray) -> Callable[[], np.ndarray]:
        def predictions() -> np.ndarray:
            train, test = self.task.train.design.select(neurons), self.task.test.design.select(neurons)
            return self.settings.estimator(refit=True).fit(train, self.task.train.y).predict(test)

        return predictions

    def _measure_subset(self, kind: str, subset: Subset, predictions: Callable[[], np.ndarray]) -> Entry:
        seed = f"|seed:{subset.seed}" if subset.seed is not None else ""
        stop = f"|{self._refit}" if kind == "retrain" else ""
        kept = f"keep:{subset.keep}|fraction:{subset.fraction:.9g}{seed}|{_digest(subset.neurons)}"
        signature = self._signature(f"{kind}|{kept}{stop}")

        def measure() -> Entry:
            place = {"kind": kind, "keep": subset.keep, "fraction": subset.fraction, "seed": subset.seed}
            return {**place, "neurons": len(subset.neurons), **self._score(predictions())}

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


def _grid_point(fitted: ElasticNetProbe, reached: float) -> Entry:
    return {
        "l1": fitted.l1,
        "l2": fitted.l2,
        "accuracy": reached,
        "objective": fitted.objective_,
        "gap": finite(fitted.gap_),
        "nonzero": float((fitted.coef_ != 0).mean()),
        "iterations": fitted.n_iter_,
    }


def finite(value: float) -> float | None:
    """JSON knows no infinity."""
    return value if np.isfinite(value) else None
