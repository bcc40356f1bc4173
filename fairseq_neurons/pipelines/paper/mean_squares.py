"""How large the states are that an ablation sets to zero: a reason why some rankings cost more than others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, SINGLE
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.dump_moments import moments_of

# Tables 2 to 6 begin here, and Figures 4 to 8 all have it.
SHARE = 0.1


def squares(experiment: Experiment, model: str, rankings: Mapping[str, Ranking]) -> dict[str, Any]:
    """Mean squares of the states at the test words: of all neurons, and of the first and last tenth of rankings.

    Args:
        experiment: whose dump of the test words is read.
        model: of the dump.
        rankings: of its neurons, by name: the cross-model one and those by a model alone.

    Returns:
        ``neurons``: a tenth of them, rounded; ``all``: the mean of all; ``ends``: an entry a ranking and order.

    Raises:
        InputError: if the dump is missing, or has a value that is not a finite number.
    """
    moments = moments_of([Activations(experiment.folder / "activations" / model)], [], np.float32)
    each = moments.variance(0) + moments.mean(0) ** 2
    tenth = max(1, round(SHARE * len(each)))
    ends = [(CROSS_MODEL, "top"), (CROSS_MODEL, "bottom"), *((name, "top") for name in SINGLE)]
    found = [
        {"ranking": name, "order": order, "square": float(each[_end(rankings[name], order, tenth)].mean())}
        for name, order in ends
    ]
    return {"neurons": tenth, "all": float(each.mean()), "ends": found}


def _end(ranking: Ranking, order: str, count: int) -> np.ndarray:
    return ranking.top(count) if order == "top" else ranking.bottom(count)
