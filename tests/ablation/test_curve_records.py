"""A point of a curve: how it is written, read and completed."""

from __future__ import annotations

import json
from math import inf

import pytest

from fairseq_neurons.ablation.curve_records import Choice, Point
from fairseq_neurons.ablation.metric_results import Significance
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import Fields

POINT = Point("r.json", "random", 2, 5, "2.5%", "bleu", 7.5, {"chrf": 30.0, "note": None}, "hypotheses/5.txt")
TEST = Significance(7.5, -1.5, 0.03, 7.0, 8.0, beside={"chrf_low": 29.0, "chrf_difference": -1.0})


def test_point__is_written_in_the_order_that_files_have():
    untested = POINT.to_json()
    assert list(untested) == [
        *("ranking", "order", "seed", "neurons", "share", "metric", "score", "chrf", "note", "output", "signature")
    ]
    tested = POINT.tested(TEST, "paired", ("chrf_low",)).to_json()
    assert list(tested)[9:] == ["output", "low", "high", "p_value", "chrf_low", "test", "signature"]
    assert (tested["low"], tested["p_value"], tested["chrf_low"], tested["test"]) == (7.0, 0.03, 29.0, "paired")


@pytest.mark.parametrize("point", [POINT, POINT.tested(TEST, "paired", ("chrf_low",))])
def test_point__comes_back_from_its_line(point):
    assert Point.read(Fields(json.loads(json.dumps(point.to_json())), "curve.jsonl")) == point


def test_score_beyond_all_numbers__is_null():
    endless = Point("r", "top", None, 1, "1", "perplexity", inf, signature="s")
    assert endless.to_json()["score"] is None
    assert Point.read(Fields(endless.to_json(), "f")).score == inf


def test_points__sort_by_ranking_end_seed_and_number():
    places = [("b", "top", None, 1), ("a", "random", 2, 1), ("a", "random", 1, 9), ("a", "top", None, 5)]
    points = [Point(*choice, neurons, "", "bleu", 0.0) for *choice, neurons in places]
    in_order = sorted(points, key=lambda point: point.place)
    assert [(point.ranking, point.order, point.seed) for point in in_order] == [
        *(("a", "top", None), ("a", "random", 1), ("a", "random", 2), ("b", "top", None))
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"order": "up"}, "'order' is 'up', not one of top, bottom, random"),
        ({"neurons": 2.5}, "'neurons' is missing or not an integer"),
        ({"neurons": True}, "'neurons' is missing or not an integer"),
        ({"signature": None}, "'signature' is missing or not a string"),
        ({"chrf": [1]}, "'chrf' is not a number or a string"),
    ],
)
def test_damaged_field__is_named(changed, sentence):
    with pytest.raises(InputError, match=f"^curve.jsonl, line 3, is damaged: {sentence}"):
        Point.read(Fields({**POINT.to_json(), **changed}, "curve.jsonl, line 3,"))


def test_missing_score__is_not_infinite():
    fields = POINT.to_json()
    del fields["score"]
    with pytest.raises(InputError, match="'score' is missing"):
        Point.read(Fields(fields, "f"))


def test_choice__takes_its_three_fields():
    assert Choice.read(Fields(POINT.to_json(), "f")) == POINT.choice == ("r.json", "random", 2)
