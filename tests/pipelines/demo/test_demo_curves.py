"""The demo's curves: their commands, their table and their figure."""

from __future__ import annotations

import re
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from PIL import Image

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.planned_points import PlannedPoint, plan
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.pipelines.demo import demo_curves as curves
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from tests.ablation.curve_files import write_curve
from tests.ablation.small_ablations import ranking
from tests.pipelines.demo.measured_curves import settings_of

ENGLISH_FRENCH = Languages("en", "fr")
NEURONS = Neurons.of([Block("encoder", 0, "fwd", 80)])


@pytest.fixture
def measured(tmp_path) -> Path:
    """Curves of the points that the commands would measure, with made-up scores."""
    for name, command in curves.jobs(ENGLISH_FRENCH).items():
        settings = settings_of(command)
        points = plan(settings, {path: ranking(i, NEURONS) for i, path in enumerate(settings.rankings)}, None)
        write_curve(tmp_path / settings.out, map(point_of, points), metric=settings.metric)
        assert settings.out == f"curves/{name.removeprefix('curve-')}"
    return tmp_path


def point_of(planned: PlannedPoint) -> Point:
    ranking, order, seed = planned.choice
    factor = {"top": 1, "bottom": 4, "random": seed or 0}[order] + 10 * ("variance" in ranking)
    metric, score = "perplexity" if "lm" in ranking else "bleu", 20.0 - planned.neurons * factor / 10
    signature = planned.mask.signature
    return Point(*planned.choice, planned.neurons, planned.share, metric, score, signature=signature)


def test_table__has_a_column_an_order_and_a_row_a_share(measured):
    lines = curves.table(curves.columns(measured)).splitlines()
    assert [part.strip() for part in lines[0].split(",")] == ["BLEU"] * 4 + ["perplexity"] * 3 + [""]
    orders = ["top", "bottom", "random"]
    assert re.split(r"  +", lines[1].strip()) == ["masked", *orders, "top by variance", *orders]
    assert [line.split()[0] for line in lines[3:]] == ["0%", "2.5%", "5%", "10%", "20%", "40%"]
    by_order = ["18.40", "13.60", "17.60 ± 1.13"]  # 16 of the 80 neurons
    assert re.split(r"  +", lines[7].strip()) == ["20%", *by_order, "2.40", *by_order]
    assert re.split(r"  +", lines[3].strip()) == ["0%", *["20.00", "20.00", "20.00 ± 0.00", "20.00"] * 2][:-1]


def test_infinite_perplexity__is_shown_as_such(measured):
    folder = measured / "curves" / "lm"
    points = [replace(point, score=inf if point.neurons == 32 else 9.0) for point in Curve.read(folder).points]
    write_curve(folder, points, metric="perplexity")
    assert curves.table(curves.columns(measured)).splitlines()[-1].split()[-3:] == ["inf"] * 3


def test_figure__has_a_panel_a_metric_and_the_settings_of_its_points(measured):
    curves.figure(measured)
    with Image.open(measured / "curve.png") as image:
        assert image.width > 1.5 * image.height
        assert image.text["Title"] == "BLEU and perplexity against neurons masked"
        assert "|value:zero|" in image.text["Description"] and "|results:" in image.text["Description"]
