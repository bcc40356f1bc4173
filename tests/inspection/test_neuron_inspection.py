"""All that is found of one neuron, against what is known of all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.inspection.findings import Known
from fairseq_neurons.inspection.inspection_sources import known_from
from fairseq_neurons.inspection.neuron_inspection import inspect_neuron
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.label_auc import separation
from fairseq_neurons.statistics.similar_neurons import neighbours
from fairseq_neurons.statistics.word_types import word_statistics
from tests.ablation.small_ablations import ranking


@pytest.fixture(scope="module")
def known(made_run) -> Known:
    return known_from(run=str(made_run))


def test_one_neuron__is_described_as_among_all(known):
    every, near = word_statistics(known.dump), neighbours(known.dump, known.others)
    areas = separation(known.dump, known.labels["pos"])
    for neuron in (0, 7):
        found = inspect_neuron(known, neuron)
        np.testing.assert_array_equal(found.values, known.dump.values[:, neuron])
        tops = zip(found.statistics.by_mean(0), every.by_mean(neuron), strict=True)
        assert all(own == replace(other, share=pytest.approx(other.share)) for own, other in tops)
        for name in near:
            np.testing.assert_array_equal(found.neighbours[name].indices[0], near[name].indices[neuron])
        of_pos = [(one.label, one.auc, one.count) for one in found.detected if one.labels == "pos"]
        assert of_pos == areas.best(neuron, 3)
        distances = [abs(one.auc - 0.5) for one in found.detected]
        assert distances == sorted(distances, reverse=True) and len(found.detected) == 6


def test_standings__are_places_in_the_rankings_the_best_first(known):
    found = inspect_neuron(known, 1)
    assert [one.rank for one in found.standings] == sorted(one.rank for one in found.standings)
    for one in found.standings:
        ranking = known.rankings[one.ranking]
        assert ranking.order[one.rank - 1] == 1 and ranking.scores[one.rank - 1] == one.score
        assert one.of == 10 and one.method == ranking.method
    (labels,) = found.label_standings.values()
    # Neuron 1 was made to be large for this label.
    assert labels[0].ranking == "N/A" and labels[0].rank == 1 and len(labels) == 3


def test_labels_with_one_ranking__stand_together(known):
    ranks = known.rankings["rankings/cross"]
    two = {
        ("p", "yes"): ranks,
        ("p", "no"): ranks,
        ("q", "yes"): ranks,
        ("q", "no"): replace(ranks, order=ranks.order[::-1]),
    }
    found = inspect_neuron(replace(known, label_rankings=two), int(ranks.order[0])).label_standings
    assert [(one.ranking, one.rank) for one in found["p"]] == [("yes or no", 1)]
    assert [(one.ranking, one.rank) for one in found["q"]] == [("yes", 1), ("no", 10)]


def test_of_two_labels_that_share_all_words__only_the_rarer_is_named(known):
    labels = ["often", "often", "rare"] * (len(known.dump) // 3)
    (found,) = inspect_neuron(replace(known, labels={"two": labels}), 0).detected
    assert (found.label, found.count) == ("rare", len(labels) // 3)
    with_a_third = [*labels[:-1], "once"]
    found = inspect_neuron(replace(known, labels={"three": with_a_third}), 0).detected
    assert {one.label for one in found} == {"often", "rare"}


def test_nothing_but_a_dump__is_enough(known):
    found = inspect_neuron(Known(known.dump), 3)
    assert found.detected == [] and found.standings == [] and found.label_standings == {} and found.neighbours == {}


def test_what_does_not_fit__is_refused(known, made_run):
    ranks = known.rankings["rankings/cross"]
    for wrong, sentence in (
        ({"rankings": {"x.json": replace(ranks, checkpoint_sha256="f" * 64)}}, "x.json and .* are of different models"),
        (
            {"rankings": {"x.json": ranking(1)}},
            r"have different neurons: decoder.0.fwd \(8\) .* and encoder.0.fwd \(10\)",
        ),
        ({"labels": {"x": ["N"]}}, "has 60 words, but there are 1 labels"),
        ({"others": {"x": Activations(made_run / "activations" / "train")}}, "are dumps of different words"),
    ):
        with pytest.raises(InputError, match=sentence):
            inspect_neuron(replace(known, **wrong), 0)


def test_ranking_of_an_unknown_checkpoint__is_taken_for_the_dump(known):
    made = Ranking.from_scores("made", known.dump.neurons, np.arange(10), "made")
    (standing,) = inspect_neuron(replace(known, rankings={"made": made}), 9).standings
    assert (standing.rank, standing.score) == (1, 9.0)
