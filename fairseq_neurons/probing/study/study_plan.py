"""The plan of a probe study: what is measured, checked before anything is trained."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.study.labelled_words import Task
from fairseq_neurons.probing.study.method_comparison import check_methods
from fairseq_neurons.probing.study.study_options import MeasurementOptions
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.algorithm1 import SMALLEST_ALPHA
from fairseq_neurons.same_model import check_same_model


@dataclass
class Plan(MeasurementOptions):
    """What is measured of a trained probe, checked against the data."""

    def check(self) -> None:
        """Check the settings before anything is read.

        Raises:
            InputError: if a number is out of range or a method does not exist.
        """
        check_methods(self.rankings)
        if not SMALLEST_ALPHA <= self.alpha <= 100:
            raise InputError(f"alpha={self.alpha}: the step is a percentage between {SMALLEST_ALPHA} and 100.")
        for name, shares in {"fractions": self.fractions, "mass": self.mass}.items():
            if not shares or any(not 0 < share <= 1 for share in shares):
                raise InputError(f"{name}={list(shares)}: give numbers above 0 and up to 1 (0.1 is 10 %).")
        if any(not 0 <= value < math.inf for value in self.grid):
            raise InputError(f"grid={list(self.grid)}: a penalty is zero or a positive number.")
        if self.random < 0 or self.top < 1:
            raise InputError(f"random={self.random}, top={self.top}: random is not negative, and top at least 1.")

    def check_task(self, task: Task) -> None:
        """Check that the settings fit the neurons in the study, before anything is trained.

        Raises:
            InputError: if ``counts`` exceeds their number, or a probe in ``against`` has another model or none of them.
        """
        neurons = len(task.columns)
        if self.rankings and any(not 1 <= count <= neurons for count in self.counts):
            raise InputError(f"counts={list(self.counts)}: this probe has {neurons} neurons; give 1 to {neurons}.")
        for folder in self.against:
            _check_other(Path(folder), task)


def _check_other(folder: Path, task: Task) -> None:
    other = TrainedProbe.load(folder / "probe.npz")
    check_same_model((folder, Ranking.load(folder / "ranking.json")), ("the training words' dump", task))
    if not len(np.intersect1d(other.columns, task.columns)):
        raise InputError(f"{folder} is a probe of other neurons: it has none of the neurons in this study.")
