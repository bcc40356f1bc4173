"""Curves: what is drawn is what was measured."""

from __future__ import annotations

from math import inf, isnan

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from fairseq_neurons.errors import InputError
from fairseq_neurons.figures import COLUMN, SignedFigure, ablation_curves
from fairseq_neurons.figures.curve_figure import INFINITE
from fairseq_neurons.figures.curve_lines import lines_of
from fairseq_neurons.storage.results_log import Entry
from tests.figures.drawn import cut

COUNTS = (0, 10, 25, 50)
LOSS = {"top": 1.0, "bottom": 0.1, "random": 0.2}


def entry(ranking: str, order: str, seed: int | None, neurons: int, metric: str = "bleu", **changes) -> Entry:
    score = 30 - neurons * LOSS[order] * (1 + 0.1 * (seed or 0)) / 2 + (neurons > 0) * len(ranking) / 100
    point = {"ranking": ranking, "order": order, "seed": seed, "neurons": neurons, "metric": metric, "score": score}
    ends = {"low": score - 1, "high": score + 2, "p_value": 0.3 if neurons in (0, 10) else 0.01}
    return {**point, **ends, "signature": f"metric:{metric}|{ranking}|{order}|{seed}|{neurons}", **changes}


def curve(rankings: tuple[str, ...] = ("runs/cross.json", "runs/pos.json"), **changes) -> list[Entry]:
    seeds = {"top": [None], "bottom": [None], "random": [1, 2]}
    points = [
        entry(ranking, order, seed, neurons, **changes)
        for ranking in rankings
        for order in seeds
        for seed in seeds[order]
        for neurons in COUNTS
    ]
    # Random orders are the same whatever the ranking.
    return [
        {**point, "score": 29.0 - point["neurons"] / 10 * point["seed"]} if point["order"] == "random" else point
        for point in points
    ]


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


def expected_line(points: list[Entry], ranking: str | None, order: str) -> list[tuple[int, float]]:
    found = [p for p in points if p["order"] == order and ranking in (None, p["ranking"])]
    means = {n: [p["score"] for p in found if p["neurons"] == n] for n in COUNTS}
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
            of_point = [p for p in points if p["order"] == order and p["neurons"] == n]
            values = [p[name] for p in of_point for name in ends.get(order, ("score",))]
            assert (edge[n][0], edge[n][-1]) == pytest.approx((min(values), max(values)))


def test_markers__are_hollow_where_the_difference_is_not_significant_but_not_at_the_unablated_model():
    axes = panel(ablation_curves(curve(rankings=("cross.json",))))
    assert {x for x, _ in markers(axes, "white")} == {10}
    assert {x for x, _ in markers(axes, "full")} == {0, 25, 50}


def test_legend__names_rankings_by_what_tells_them_apart():
    assert legend(ablation_curves(curve())) == [
        *("cross", "pos", "top", "bottom", "random, range"),
        *("p ≥ 0.05", "95 % interval"),
    ]


def test_points_without_tests__have_full_markers_and_no_bands():
    points = curve(rankings=("cross.json",))
    bare = [{name: p[name] for name in p if name not in ("low", "high", "p_value")} for p in points]
    figure = ablation_curves(bare)
    assert markers(panel(figure), "white") == set()
    assert legend(figure) == ["cross", "top", "bottom", "random, range"]


def test_infinite_perplexity__is_an_arrow_at_the_edge_of_a_log_axis():
    points = curve(rankings=("lm.json",), metric="perplexity")
    broken = [{**p, "score": None, "low": None, "high": None} if p["neurons"] == 50 else p for p in points]
    figure = ablation_curves(broken)
    axes = panel(figure)
    assert axes.get_yscale() == "log"
    for line in drawn_lines(axes).values():
        assert [x for x, y in line if isnan(y)] == [50]
    arrows = [line for line in axes.get_lines() if line.get_marker() == INFINITE]
    assert [(list(line.get_xdata()), list(line.get_ydata())) for line in arrows] == [([50], [1])] * 3
    assert "infinite" in legend(figure)
    assert [point.score for point in lines_of(broken)["", "random"]][-1] == inf


def test_a_model_that_is_never_scored__has_arrows_alone():
    points = [{**p, "score": None, "low": None, "high": None} for p in curve(("lm.json",), metric="perplexity")]
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


def test_one_seed_of_infinite_perplexity__makes_the_mean_infinite():
    points = [entry("", "random", seed, 50, "perplexity", score=score) for seed, score in ((1, None), (2, 9.0))]
    (point,) = lines_of(points)["", "random"]
    assert (point.score, point.low, point.high) == (inf, 9.0, inf)


def test_a_single_count__shows_lines_side_by_side_with_their_intervals():
    points = [p for p in curve(metric="control") if p["neurons"] == 50]
    axes = panel(ablation_curves(points))
    assert axes.get_ylabel() == "translations turned (%)"
    heights = [segment[:, 1].tolist() for band in axes.collections for segment in band.get_segments()]
    tops = [p for p in points if p["order"] == "top"]
    assert heights[:2] == [pytest.approx([p["low"], p["high"]]) for p in tops]
    places = [float(line.get_xdata()[0]) for line in axes.get_lines()]
    assert places == pytest.approx([49.6, 49.8, 50.0, 50.2, 50.4])
    assert [tick for tick in axes.get_xticks()] == [50]


def test_several_curves__are_panels_side_by_side_and_nothing_is_cut():
    long = ("probes/a-very-long-name-of-a-probe/ranking.json", "rankings/another-very-long-name.json")
    figure = ablation_curves(curve(), curve(rankings=long, metric="perplexity"), caption="a:1|" * 60)
    assert [panel(figure, i).get_ylabel() for i in (0, 1)] == ["BLEU", "perplexity"]
    assert figure.get_size_inches()[0] == pytest.approx(2 * COLUMN)
    assert cut(figure) <= 0.5
    assert figure.title == "BLEU and perplexity against neurons clamped"


def test_signature__is_what_the_points_have_in_common():
    figure = ablation_curves(curve())
    assert figure.signature.startswith("figure:ablation-curves|metric:bleu|results:32|digest:")


@pytest.mark.parametrize(
    ("curves", "sentence"),
    [
        ([], "no curve to draw"),
        ([[]], "one metric, not of none"),
        ([curve()[:1] + curve(metric="perplexity")[:1]], "one metric, not of bleu, perplexity"),
        ([curve(metric="ter")[:1]], "metric=ter: curves are drawn of bleu, perplexity, control"),
        ([[{"ranking": "r"}]], "has no 'order'"),
    ],
)
def test_what_is_no_curve__is_refused_in_a_sentence(curves, sentence):
    with pytest.raises(InputError, match=sentence):
        ablation_curves(*curves)
