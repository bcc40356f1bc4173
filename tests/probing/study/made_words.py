"""Dumps of one model with the labels of their words, made up for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.probing.study.confidence_intervals import Intervals
from fairseq_neurons.probing.study.labelled_words import Task, open_task
from fairseq_neurons.probing.study.linguistic_analysis import LinguisticAnalysis
from fairseq_neurons.probing.study.study_options import TaskOptions
from fairseq_neurons.probing.study.trained_probe import ProbeSettings, TrainedProbe
from fairseq_neurons.storage.results_log import LogFile
from tests.activations.small_dumps import write_dump

LABELS = ("ADJ", "N/A", "VERB")
NEURONS, LENGTH = 10, 4
# A ranking of the neurons, and the fields of a fit.
ORDER = np.array([7, 2, 9, 0, 4, 1, 8, 3, 6, 5])
FIT = ("objective", "gap", "iterations")
MODEL = "model"
# Small, and still one of everything.
SMALL: dict[str, Any] = {"fractions": [0.2, 0.5], "random": 1, "resamples": 20, "top": 3}
EVERYTHING = {**SMALL, "l1": 1e-2, "grid": [1e-2, 1e-3], "rankings": ["probeless", "gaussian"], "counts": [1, 4]}


def write_part(folder: Path, words: int, seed: int, labels: Sequence[str] = LABELS) -> dict[str, str]:
    """A dump and a label file; neuron l is large for label l, the others predict it weakly."""
    rng = np.random.default_rng(seed)
    y = np.arange(words) % len(labels)
    rng.shuffle(y)
    values = rng.normal(size=(words, NEURONS)) + np.random.default_rng(0).normal(size=(len(labels), NEURONS))[y] / 2
    values[np.arange(words), y] += 3
    # The majority baseline can predict the labels of half of the words.
    spelled = [f"w{label}" if known else "x" for label, known in zip(y, rng.random(words) < 0.5)]
    sentences = [spelled[start : start + LENGTH] for start in range(0, words, LENGTH)]
    path = write_dump(folder / MODEL, values.astype(np.float32), sentences=sentences)
    named = [labels[label] for label in y]
    lines = [" ".join(named[start : start + LENGTH]) for start in range(0, words, LENGTH)]
    (folder / "labels.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"activations": str(path), "labels": str(folder / "labels.txt")}


def write_parts(folder: Path, **options: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Training and test words of one model."""
    return write_part(folder / "train", 160, 1, **options), write_part(folder / "test", 60, 2, **options)


def values_of(part: dict[str, str]) -> np.ndarray:
    """The values of the neurons in one part, (words, NEURONS)."""
    return np.array(Activations(part["activations"]).values)


def files(folder: Path) -> list[str]:
    """The names of all files in a folder, those of its folders included."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def task_of(train: dict[str, str], test: dict[str, str], **options: Any) -> Task:
    return open_task(TaskOptions(train, test, "unused", **options))


def analysis_of(task: Task, ledger: Path, **settings: Any) -> LinguisticAnalysis:
    chosen = ProbeSettings(**{"l1": 1e-3, "l2": 1e-3, **settings})
    return LinguisticAnalysis(task, TrainedProbe.fit(task, chosen), chosen, LogFile(ledger), Intervals(resamples=20))
