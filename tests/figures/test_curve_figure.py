"""Curves: what is drawn is what was measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf, isnan

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import COLUMN, SignedFigure, ablation_curves
from fairseq_neurons.figures.curve_figure import INFINITE
from tests.figures.figure_contents import cut

INFINITE_SCORE = {"score": inf, "low": None, "high": None}
COUNTS = (0, 10, 25, 50)
LOSS = {"top": 1.0, "bottom": 0.1, "random": 0.2}


def point(ranking: str, order: str, seed: int | None, neurons: int, metric: str = "bleu") -> Point:
    score = 30 - neurons * LOSS[order] * (1 + 0.1 * (seed or 0)) / 2 + (neurons > 0) * len(ranking) / 100
    if order == "random":
        # The same whatever the ranking.
        score = 29.0 - neurons / 10 * (seed or 0)
    return Point(
        *(ranking, order, seed, neurons, str(neurons), metric, score),
        low=score - 1,
        high=score + 2,
        p_value=0.3 if neurons in (0, 10) else 0.01,
        test="paired",
        signature=f"metric:{metric}|{ranking}|{order}|{seed}|{neurons}",
    )


def curve(rankings: tuple[str, ...] = ("runs/cross.json", "runs/pos.json"), metric: str = "bleu") -> Curve:
    seeds = {"top": [None], "bottom": [None], "random": [1, 2]}
    return Curve(
        tuple(
            point(ranking, order, seed, neurons, metric)
            for ranking in rankings
            for order in seeds
            for seed in seeds[order]
            for neurons in COUNTS
        )
    )


def changed(curve: Curve, change: Callable[[Point], dict[str, object]]) -> Curve:
    """The curve with some fields of its points replaced."""
    return replace(curve, points=tuple(replace(point, **change(point)) for point in curve.points))


def panel(figure: SignedFigure, number: int = 0) -> Axes:
    """The legends come first."""
    return figure.axes[len(figure.axes) // 2 + number]


def legend(figure: SignedFigure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def drawn_lines(axes: Axes) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Points by colour and dashes."""
    lines = [line for line in axes.get_lines() if line.get_linestyle() != "None"]
    return {
        (to_hex(line.get_color()), line.get_linestyle()): list(zip(line.get_xdata(), line.get_ydata()))
        for line in lines
    }


def markers(axes: Axes, face: str) -> set[tuple[float, float]]:
    lines = [line for line in axes.get_lines() if line.get_linestyle() == "None"]
    chosen = [line for line in lines if (to_hex(line.get_markerfacecolor()) == "#ffffff") == (face == "white")]
    return {point for line in chosen for point in zip(line.get_xdata(), line.get_ydata())}


def expected_line(points: Curve, ranking: str | None, order: str) -> list[tuple[int, float]]:
    found = [p for p in points.points if p.order == order and ranking in (None, p.ranking)]
    means = {n: [p.score for p in found if p.neurons == n] for n in COUNTS}
    return [(n, sum(scores) / len(scores)) for n, scores in means.items()]


def test_lines__are_the_measured_points_in_each_order_of_each_ranking():
    points = curve()
    lines = drawn_lines(panel(ablation_curves(points)))
    assert len(lines) == 5
    for colour, ranking in (("#0072b2", "runs/cross.json"), ("#d55e00", "runs/pos.json")):
        for dashes, order in (("-", "top"), (":", "bottom")):
            np.testing.assert_allclose(lines[colour, dashes], expected_line(points, ranking, order))
    np.testing.assert_allclose(lines["#666666", "--"], expected_line(points, None, "random"))


def test_bands__reach_from_end_to_end_of_intervals_and_over_all_seeds():
    points = curve(rankings=("cross.json",))
    bands = panel(ablation_curves(points)).collections
    ends = {"top": ("low", "high"), "bottom": ("low", "high")}
    for band, order in zip(bands, ("top", "bottom", "random"), strict=True):
        edge = {n: sorted(y for x, y in band.get_paths()[0].vertices if x == n) for n in COUNTS}
        for n in COUNTS:
            of_point = [p for p in points.points if p.order == order and p.neurons == n]
            values = [getattr(p, name) for p in of_point for name in ends.get(order, ("score",))]
            assert (edge[n][0], edge[n][-1]) == pytest.approx((min(values), max(values)))


def test_markers__are_hollow_where_the_difference_is_not_significant_but_not_at_the_unablated_model():
    axes = panel(ablation_curves(curve(rankings=("cross.json",))))
    assert {x for x, _ in markers(axes, "white")} == {10}
    assert {x for x, _ in markers(axes, "full")} == {0, 25, 50}


def test_legend__names_rankings_by_what_differs():
    assert legend(ablation_curves(curve())) == [
        *("cross", "pos", "top", "bottom", "random, range"),
        *("p ≥ 0.05", "95 % interval"),
    ]


def test_points_without_tests__have_full_markers_and_no_bands():
    points = curve(rankings=("cross.json",))
    bare = changed(points, lambda point: {"low": None, "high": None, "p_value": None})
    figure = ablation_curves(bare)
    assert markers(panel(figure), "white") == set()
    assert legend(figure) == ["cross", "top", "bottom", "random, range"]


def test_infinite_perplexity__is_an_arrow_at_the_edge_of_a_log_axis():
    points = curve(rankings=("lm.json",), metric="perplexity")
    broken = changed(points, lambda point: INFINITE_SCORE if point.neurons == 50 else {})
    figure = ablation_curves(broken)
    axes = panel(figure)
    assert axes.get_yscale() == "log"
    for line in drawn_lines(axes).values():
        assert [x for x, y in line if isnan(y)] == [50]
    arrows = [line for line in axes.get_lines() if line.get_marker() == INFINITE]
    assert [(list(line.get_xdata()), list(line.get_ydata())) for line in arrows] == [([50], [1])] * 3
    assert "infinite" in legend(figure)


def test_a_model_that_is_never_scored__has_arrows_alone():
    points = changed(curve(("lm.json",), metric="perplexity"), lambda point: INFINITE_SCORE)
    axes = panel(ablation_curves(points))
    assert {y for _, y in markers(axes, "full") | markers(axes, "white") if not isnan(y)} == {1}
    assert legend(ablation_curves(points))[-1] == "infinite"


def test_rankings_named_like_orders__keep_their_place_in_the_legend():
    assert legend(ablation_curves(curve(("runs/top.json", "runs/bottom.json"))))[:4] == [
        "bottom",
        "top",
        "top",
        "bottom",
    ]


def test_a_single_count__shows_lines_side_by_side_with_their_intervals():
    points = curve(metric="control").only(lambda point: point.neurons == 50)
    axes = panel(ablation_curves(points))
    assert axes.get_ylabel() == "translations turned (%)"
    heights = [segment[:, 1].tolist() for band in axes.collections for segment in band.get_segments()]
    tops = [p for p in points.points if p.order == "top"]
    assert heights[:2] == [pytest.approx([p.low, p.high]) for p in tops]
    places = [float(line.get_xdata()[0]) for line in axes.get_lines()]
    assert places == pytest.approx([49.6, 49.8, 50.0, 50.2, 50.4])
    assert [tick for tick in axes.get_xticks()] == [50]


def test_several_curves__are_panels_side_by_side_and_nothing_is_cut():
    long = ("probes/a-very-long-name-of-a-probe/ranking.json", "rankings/another-very-long-name.json")
    figure = ablation_curves(curve(), curve(rankings=long, metric="perplexity"), caption="a:1|" * 60)
    assert [panel(figure, i).get_ylabel() for i in (0, 1)] == ["BLEU", "perplexity"]
    assert figure.get_size_inches()[0] == pytest.approx(2 * COLUMN)
    assert cut(figure) <= 0.5
    assert figure.title == "BLEU and perplexity against neurons masked"


def test_signature__is_what_the_points_have_in_common():
    figure = ablation_curves(curve())
    assert figure.signature.startswith("figure:ablation-curves|metric:bleu|results:32|digest:")


@pytest.mark.parametrize(
    ("curves", "sentence"),
    [
        ([], "no curve to draw"),
        ([Curve(())], "one metric, not of none"),
        ([Curve(curve().points[:1] + curve(metric="perplexity").points[:1])], "one metric, not of bleu, perplexity"),
    ],
)
def test_what_is_no_curve__is_refused_in_a_sentence(curves, sentence):
    with pytest.raises(InputError, match=sentence):
        ablation_curves(*curves)


def test_a_metric_that_is_not_installed__is_drawn_with_its_name():
    figure = ablation_curves(curve(metric="ter"))
    assert panel(figure).get_ylabel() == "ter"
    assert figure.title == "Ter against neurons masked"
