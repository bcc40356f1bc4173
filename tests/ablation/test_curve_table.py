"""The curve as people read it."""

from __future__ import annotations

from math import inf

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.curve_table import table


def point(ranking: str, order: str, seed: int | None, neurons: int, score: float, p_value: float) -> Point:
    return Point(ranking, order, seed, neurons, str(neurons), "bleu", score, p_value=p_value)


def test_table__has_a_row_a_point_and_a_column_an_order():
    curve = [point("x/a.json", "top", None, 0, 20.0, 1.0), point("x/a.json", "top", None, 5, 3.14159, 0.001)]
    curve += [point("x/a.json", "bottom", None, 5, 19.5, 0.2), point("x/b.json", "top", None, 5, inf, 0.001)]
    for name in ("x/a.json", "x/b.json"):
        curve += [point(name, "random", seed, 5, 10.0 + seed, 0.01) for seed in (1, 2, 3)]
    lines = table(Curve(tuple(curve))).splitlines()
    assert lines[0] == "bleu"
    assert lines[1].split("  ")[-1].strip() == "random"
    assert [part.strip() for part in lines[1].split("  ") if part][1:] == ["a, top", "b, top", "a, bottom", "random"]
    assert lines[3].split() == ["0", "20.00"]
    assert lines[4].split() == ["5", "3.14", "inf", "19.50°", "12.00", "±", "1.00"]
    assert lines[5].startswith("° no significant difference")


def test_a_random_order_that_is_infinite_once__has_an_infinite_mean():
    curve = [point("a.json", "random", seed, 5, score, 0.01) for seed, score in ((1, 9.0), (2, inf))]
    assert table(Curve(tuple(curve))).splitlines()[3].split() == ["5", "inf"]
