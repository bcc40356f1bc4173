"""What is asked of a probe."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.study.labelled_words import Task
from fairseq_neurons.probing.study.method_comparison import check_methods
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.algorithm1 import SMALLEST_ALPHA


@dataclass(frozen=True)
class Plan:
    """What is asked of a probe.

    Args:
        alpha: step of Algorithm 1 in percent.
        fractions: of the neurons that are kept in turn.
        random: random subsets of each size.
        control: whether to train on the control task, too.
        grid: values of both penalties; none for no grid.
        mass: shares of the weight mass to count neurons for (Figure 6).
        top: how many of the first neurons are compared between labels and rankings.
        rankings: other methods to compare with, by name.
        counts: how many of each ranking's first neurons a probe is trained on.
        against: folders of other probes of the same model, whose labels' neurons are compared.
    """

    alpha: float = 1.0
    fractions: Sequence[float] = (0.1, 0.15, 0.2)
    random: int = 3
    control: bool = True
    grid: Sequence[float] = ()
    mass: Sequence[float] = (0.25,)
    top: int = 50
    rankings: Sequence[str] = ()
    counts: Sequence[int] = (10, 20, 50)
    against: Sequence[str] = ()

    def check(self) -> None:
        """Refuse what cannot be, before anything is read.

        Raises:
            InputError: if a number is out of range or there is no such method.
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
        """Refuse what cannot be with these neurons, before anything is trained.

        Raises:
            InputError: if they are fewer than ``counts`` asks for, or not those of a probe in ``against``.
        """
        neurons = len(task.columns)
        if self.rankings and any(not 1 <= count <= neurons for count in self.counts):
            raise InputError(f"counts={list(self.counts)}: this probe has {neurons} neurons.")
        for folder in self.against:
            _check_other(Path(folder), task)


def _check_other(folder: Path, task: Task) -> None:
    other = TrainedProbe.load(folder / "probe.npz")
    theirs, ours = Ranking.load(folder / "ranking.json").checkpoint_sha256, task.checkpoint_sha256
    if other.weights.shape[1] != len(task.neurons) or (ours and theirs and ours != theirs):
        raise InputError(f"{folder} is a probe of another model; their neurons cannot be compared.")
    if not len(np.intersect1d(other.columns, task.columns)):
        raise InputError(f"{folder} is a probe of other neurons: none of them takes part here, so none can be shared.")
