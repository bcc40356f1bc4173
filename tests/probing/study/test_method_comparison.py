"""Rankings made in different ways, side by side."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.study.method_comparison import accuracy_matrix, check_methods, overlaps, rank_by
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.label_methods import METHODS
from tests.probing.study.made_words import NEURONS, analysis_of, task_of, write_parts

SOME = [1, 2, 5, 8]


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    return task_of(*write_parts(tmp_path_factory.mktemp("data")), neurons="1,2,5,8")


@pytest.mark.parametrize("method", METHODS)
def test_ranking_from_labels__has_all_neurons_and_first_those_that_take_part(task, method):
    found = rank_by(method, task, seed=1)
    assert list(found.labels) == list(task.labels)
    for label, single in found.labels.items():
        assert set(single.order[:4].tolist()) == set(SOME) and single.signature.endswith(f"|label:{label}")
    ranking = found.overall
    assert sorted(ranking.order.tolist()) == list(range(NEURONS))
    assert set(ranking.order[:4].tolist()) == set(SOME)
    assert set(ranking.order[:2].tolist()) == {1, 2}
    assert ranking.signature.startswith(f"method:{method}|seed:1|")
    assert ranking.checkpoint_sha256 == task.checkpoint_sha256


def test_accuracy_matrix__trains_probes_on_the_first_neurons(task, tmp_path):
    rankings = {name: rank_by(name, task, seed=1).overall for name in ("probeless", "f-test")}
    analysis = analysis_of(task, tmp_path / "measured.jsonl")
    found = accuracy_matrix(analysis, rankings, [1, 3])
    assert [(entry.ranking, entry.neurons) for entry in found] == [(r, n) for r in rankings for n in (1, 3)]
    for entry in found:
        columns = [SOME.index(i) for i in rankings[entry.ranking].order[: entry.neurons]]
        train, test = task.train.design.dense()[:, columns], task.test.design.dense()[:, columns]
        single = ElasticNetProbe(1e-3, 1e-3, tolerance=1e-2).fit(train, task.train.y)
        assert entry.accuracy == single.score(test, task.test.y)
    with pytest.raises(InputError, match="counts: 5 is out of range; the study has 4 neurons"):
        accuracy_matrix(analysis, rankings, [5])


def test_overlaps__are_1_with_itself_and_0_with_its_reverse():
    neurons = Neurons.of([Block("encoder", 0, "fwd", 6)])
    up = Ranking.from_scores("up", neurons, np.arange(6), "up")
    down = Ranking.from_scores("down", neurons, -np.arange(6), "down")
    found = overlaps({"up": up, "down": down}, top=3, columns=np.arange(6))
    assert list(found) == ["top-3", "average-3", "spearman"]
    assert found["top-3"] == ((1.0, 0.0), (0.0, 1.0))
    assert found["spearman"][0][1] == pytest.approx(-1)


def test_overlaps__look_only_at_neurons_that_take_part():
    neurons = Neurons.of([Block("encoder", layer, "fwd", 500) for layer in (0, 1)])
    columns = np.array([3, 700, 701, 998])
    orders = {"a": [3, 700, 701, 998], "b": [998, 700, 3, 701], "c": [998, 701, 700, 3]}
    rankings = {}
    for name, order in orders.items():
        scores = np.full(1000, -1.0)
        scores[order] = [4, 3, 2, 1]
        rankings[name] = Ranking.from_scores(name, neurons, scores, name)
    found = overlaps(rankings, top=2, columns=columns)
    assert found["spearman"][0] == pytest.approx([1, -0.4, -1])
    assert found["top-2"] == ((1, 0.5, 0), (0.5, 1, 0.5), (0, 0.5, 1))


def test_unknown_method__is_refused_with_those_there_are():
    with pytest.raises(InputError, match="no ranking 'probles' from labels; there are .*probeless"):
        check_methods(["gaussian", "probles"])
