"""Points sorted into lines, with means over seeds."""

from __future__ import annotations

from math import inf, isnan

import pytest

from fairseq_neurons.ablation.curve_lines import least_p_value, lines_of, short_names
from fairseq_neurons.ablation.curve_records import Point


def point(order: str, seed: int | None, neurons: int, score: float, ranking: str = "a.json", **more) -> Point:
    return Point(ranking, order, seed, neurons, str(neurons), "bleu", score, **more)


def test_lines__are_from_the_tops_the_bottoms_and_at_random():
    points = [point("random", 1, 5, 3.0), point("bottom", None, 5, 2.0), point("top", None, 5, 1.0, "b.json")]
    points += [point("top", None, 9, 0.5), point("top", None, 5, 1.5)]
    lines = lines_of(points)
    assert [(line.ranking, line.order) for line in lines] == [
        *(("a.json", "top"), ("b.json", "top"), ("a.json", "bottom"), ("", "random")),
    ]
    assert [(found.neurons, found.mean) for found in lines[0].points] == [(5, 1.5), (9, 0.5)]
    assert lines[0].at(9).scores == [0.5] and lines[0].at(7) is None


def test_random_orders_of_several_rankings__count_once_a_seed():
    points = [point("random", seed, 5, 10.0 + seed, ranking) for ranking in ("a.json", "b.json") for seed in (1, 2)]
    (line,) = lines_of(points)
    assert line.points[0].scores == [11.0, 12.0]
    assert (line.points[0].mean, line.points[0].band) == (11.5, (11.0, 12.0))


def test_one_infinite_seed__makes_the_mean_infinite():
    ((line,)) = lines_of([point("random", 1, 5, inf), point("random", 2, 5, 9.0)])
    assert (line.points[0].mean, line.points[0].band) == (inf, (9.0, inf))


@pytest.mark.parametrize(
    ("neurons", "p_values", "doubtful"),
    [(5, [0.04], False), (5, [0.05], True), (5, [0.01, 0.2], True), (5, [None], False), (0, [1.0], False)],
)
def test_doubtful__is_a_difference_that_is_not_significant_for_some_seed(neurons, p_values, doubtful):
    seeds = [point("random", seed, neurons, 1.0, p_value=p) for seed, p in enumerate(p_values, start=1)]
    assert lines_of(seeds)[0].points[0].doubtful is doubtful


def test_band__is_the_interval_where_there_is_one():
    (with_one, without) = lines_of([point("top", None, n, 1.0, low=low, high=2.0) for n, low in ((1, 0.5), (2, None))])[
        0
    ].points
    assert with_one.band == (0.5, 2.0)
    assert isnan(without.band[0]) and without.band[1] == 2.0


def test_short_names__are_the_parts_that_differ():
    assert short_names(["a/b/r.json"]) == {"a/b/r.json": "r"}
    assert short_names(["r.json", "other/r.json"]) == {"r.json": "r", "other/r.json": "other/r"}
    assert list(short_names(["p/x/r.json", "p/y/r.json"]).values()) == ["x", "y"]
    assert list(short_names(["nmt.v1.json", "nmt.v2.json"]).values()) == ["nmt.v1", "nmt.v2"]


def test_least_p_value__is_that_of_a_test_by_samples():
    assert least_p_value("paired:bootstrap|samples:1000|seed:12345|nrefs:1") == 1 / 1001
    assert least_p_value("paired:mcnemar-exact|interval:wilson") is None
