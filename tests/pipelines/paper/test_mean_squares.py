"""The mean squares of masked states, beside a literal computation."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.pipelines.paper.mean_squares import mean_squares
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, SINGLE
from fairseq_neurons.rankings import Ranking
from tests.activations.small_dumps import write_dump
from tests.pipelines.paper.finished_experiments import experiment_of


def test_mean_squares__are_means_over_words_and_the_tenth_of_a_ranking(tmp_path):
    experiment, chance = experiment_of(tmp_path), np.random.default_rng(5)
    values = (chance.standard_normal((70, 21)) + chance.standard_normal(21)).astype(np.float16)
    neurons = Activations(write_dump(experiment.folder / "activations/1", values, dtype="float16")).neurons
    scores = {name: chance.standard_normal(21) for name in (CROSS_MODEL, *SINGLE)}
    rankings = {name: Ranking.from_scores(name, neurons, each, "") for name, each in scores.items()}
    found = mean_squares(experiment, "1", rankings)

    def mean_square(columns) -> float:
        return float(np.mean([float(value) ** 2 for column in columns for value in values[:, column]]))

    assert found.neurons == 2
    assert found.all == pytest.approx(mean_square(range(21)), rel=1e-5)
    for end in found.ends:
        ascending = sorted(range(21), key=scores[end.ranking].tolist().__getitem__)
        chosen = ascending[-2:] if end.order == "top" else ascending[:2]
        assert end.square == pytest.approx(mean_square(chosen), rel=1e-5)
    assert [(end.ranking, end.order) for end in found.ends] == [
        (CROSS_MODEL, "top"),
        (CROSS_MODEL, "bottom"),
        *((name, "top") for name in SINGLE),
    ]
