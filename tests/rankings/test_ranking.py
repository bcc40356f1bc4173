"""Rankings on disk: what is written, what is read, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking

FORMAT_1 = """{"format": 1, "method": "crossmodel-max", "signature": "method:crossmodel-max", "checkpoint_sha256": "c0",
"neurons": [{"module": "encoder", "layer": 0, "direction": "fwd", "size": 2},
{"module": "encoder", "layer": 0, "direction": "bwd", "size": 1}],
"order": [2, 0, 1], "scores": [0.9, 0.5, -0.1]}"""
NEURONS = Neurons.of([Block("encoder", 0, "fwd", 2), Block("encoder", 0, "bwd", 1)])


def test_ranking_of_format_1__is_read_and_written_as_format_2(tmp_path):
    path = tmp_path / "ranking.json"
    path.write_text(FORMAT_1)
    ranking = Ranking.load(path)
    assert (ranking.method, ranking.neurons, ranking.checkpoint_sha256) == ("crossmodel-max", NEURONS, "c0")
    assert (ranking.order.tolist(), ranking.scores.tolist()) == ([2, 0, 1], [0.9, 0.5, -0.1])
    ranking.save(path)
    written = json.loads(path.read_text())
    assert written["format"] == 2
    assert written["neurons"][1] == {"module": "encoder", "layer": 0, "part": "bwd", "size": 1}
    assert {key: written[key] for key in ("order", "scores", "signature")} == {
        "order": [2, 0, 1],
        "scores": [0.9, 0.5, -0.1],
        "signature": "method:crossmodel-max",
    }
    again = Ranking.load(path)
    np.testing.assert_array_equal(again.order, ranking.order)


def test_equal_scores__are_ranked_by_index_in_both_directions():
    scores = np.array([1.0, 2.0, 1.0])
    assert Ranking.from_scores("made", NEURONS, scores, "").order.tolist() == [1, 0, 2]
    assert Ranking.from_scores("made", NEURONS, scores, "", reverse=True).order.tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"format": 3}, "has format 3, this version reads up to 2: update fairseq-neurons"),
        ({"format": "two"}, "is not a ranking"),
        ({"neurons": []}, "'neurons' is empty or contains an invalid block"),
        ({"order": [0, 0, 1]}, "must contain each of the 3 neurons once"),
        ({"scores": ["high", 1, 2]}, "is not a ranking"),
    ],
)
def test_broken_ranking__is_refused_in_one_sentence(tmp_path, fields, sentence):
    path = tmp_path / "ranking.json"
    path.write_text(json.dumps({**json.loads(FORMAT_1), **fields}))
    with pytest.raises(InputError, match=sentence):
        Ranking.load(path)
