"""Rankings: their order, their ends, and their file."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(st.lists(st.integers(-2, 2), min_size=3, max_size=3), st.booleans())
def test_order__is_by_score_then_by_index(scores, reverse):
    ranking = Ranking.from_scores("m", NEURONS, np.array(scores), "s", reverse=reverse)
    expected = sorted(range(3), key=lambda i: (scores[i] if reverse else -scores[i], i))
    assert ranking.order.tolist() == expected
    assert ranking.scores.tolist() == [scores[i] for i in expected]


@pytest.mark.parametrize(
    "scores", [[3, 2, 2], [-1.5, 0.0, 0.25], [float("inf"), 1, float("-inf")], [1, 1 + 1e-16, 0.5]]
)
def test_scores_that_descend_or_ascend__are_read(tmp_path, scores):
    ranking = Ranking("m", NEURONS, np.array([2, 0, 1]), np.array(scores, dtype=np.float64), "s")
    ranking.save(tmp_path / "a.json")
    assert Ranking.load(tmp_path / "a.json").scores.tolist() == scores


def test_score_that_is_not_a_number__is_not_written(tmp_path):
    ranking = Ranking.from_scores("m", NEURONS, np.array([3.0, np.nan, 1.0]), "s")
    with pytest.raises(InputError, match=r"a\.json is not written: a score of the ranking is not a number"):
        ranking.save(tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


def test_score_that_was_edited__is_refused(tmp_path):
    path = tmp_path / "a.json"
    Ranking.from_scores("m", NEURONS, np.array([3.25, 1.0, 4.0]), "s").save(path)
    path.write_text(path.read_text().replace("3.25", "3.35"))
    with pytest.raises(InputError, match=r"a\.json is damaged: it was changed after it was written"):
        Ranking.load(path)


def test_top_and_bottom__begin_at_their_ends():
    ranking = Ranking.from_scores("m", NEURONS, np.array([3.0, 1.0, 4.0]), "s")
    assert ranking.top(2).tolist() == [2, 0]
    assert ranking.bottom(2).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"format": 3}, "has format 3, this version reads up to 2: update fairseq-neurons"),
        ({"format": "two"}, "'format' is missing or not an integer"),
        ({"neurons": []}, "'neurons' is empty or contains an invalid block"),
        ({"order": [0, 0, 1]}, "must contain each of the 3 neurons once"),
        ({"order": [0, 1]}, "must contain each of the 3 neurons once"),
        ({"order": [0, 1, 3]}, "must contain each of the 3 neurons once"),
        ({"order": "text"}, "'order' is missing or not a list"),
        ({"order": [2.0, 0, 1]}, "an item of 'order' is not an integer"),
        ({"order": [True, 0, 2]}, "an item of 'order' is not an integer"),
        ({"scores": [0.5, 0.9, -0.1]}, "'scores' neither descend nor ascend"),
        ({"scores": [0.9, float("nan"), -0.1]}, r"a score is not a number \(NaN\)"),
        ({"scores": [10**400, 1, 0]}, "an item of 'scores' is too large"),
        ({"neurons": [{"module": "encoder", "layer": 0, "part": "fwd", "size": 1e400}]}, "must be a list of blocks"),
        ({"scores": [1.0]}, "must contain each of the 3 neurons once"),
        ({"neurons": [{"module": "encoder"}]}, "'neurons' must be a list of blocks"),
        ({"scores": ["high", 1, 2]}, "an item of 'scores' is not a number"),
    ],
)
def test_broken_ranking__is_refused_in_one_sentence(tmp_path, fields, sentence):
    path = tmp_path / "ranking.json"
    path.write_text(json.dumps({**json.loads(FORMAT_1), **fields}))
    with pytest.raises(InputError, match=sentence):
        Ranking.load(path)


def test_ranking_without_its_order__is_refused(tmp_path):
    path = tmp_path / "ranking.json"
    path.write_text(json.dumps({name: value for name, value in json.loads(FORMAT_1).items() if name != "order"}))
    with pytest.raises(InputError, match=r"ranking\.json .*'order'"):
        Ranking.load(path)


@given(st.text(max_size=40))
def test_any_other_text__is_not_a_ranking(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"any\.json"):
        Ranking.load(path)


@pytest.mark.parametrize("count", [-1, 4, 1.5, "10%"])
def test_count_that_the_ranking_does_not_have__is_refused(count):
    ranking = Ranking.from_scores("method", NEURONS, np.array([3.0, 1.0, 2.0]), "signature")
    for end in (ranking.top, ranking.bottom):
        with pytest.raises(InputError, match="number of neurons from 0 to 3"):
            end(count)
    assert ranking.top(np.int64(2)).tolist() == [0, 2] and ranking.bottom(0).tolist() == []
