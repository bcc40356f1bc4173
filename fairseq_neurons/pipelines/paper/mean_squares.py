"""The mean squares of the states that an ablation sets to zero: a reason why some rankings cost more than others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, SINGLE
from fairseq_neurons.pipelines.paper.run_summary import EndSquare, SquaresSummary
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.dump_moments import moments_of

# The smallest share of Tables 2 to 6, and a point of Figures 4 to 8.
SHARE = 0.1


def mean_squares(experiment: Experiment, model: str, rankings: Mapping[str, Ranking]) -> SquaresSummary:
    """Mean squares of the states at the test words: of all neurons, and of the tenths that rankings have first or last.

    Args:
        experiment: whose dump of the test words is read.
        model: whose states are read.
        rankings: of its neurons, by name: the cross-model one and those by a model alone.

    Raises:
        InputError: if the dump is missing, or has a value that is not a finite number.
    """
    moments = moments_of([Activations(experiment.folder / "activations" / model)], [], np.float32)
    each = moments.variance(0) + moments.mean(0) ** 2
    count = max(1, round(SHARE * len(each)))
    tenths = [(CROSS_MODEL, "top"), (CROSS_MODEL, "bottom"), *((name, "top") for name in SINGLE)]
    ends = (EndSquare(name, order, float(each[_tenth(rankings[name], order, count)].mean())) for name, order in tenths)
    return SquaresSummary(count, float(each.mean()), tuple(ends))


def _tenth(ranking: Ranking, order: str, count: int) -> np.ndarray:
    return ranking.top(count) if order == "top" else ranking.bottom(count)
