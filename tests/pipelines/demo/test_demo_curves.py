"""The demo's curves: their commands, their table and their figure."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from fairseq_neurons.ablation.curve_points import plan
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.pipelines.demo import demo_curves as curves
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from fairseq_neurons.storage.results_log import Entry
from tests.ablation.made_curves import ranking
from tests.pipelines.demo.measured_curves import settings_of, write_curve

ENGLISH_FRENCH = Languages("en", "fr")
NEURONS = Neurons.of([Block("encoder", 0, "fwd", 80)])


@pytest.fixture
def measured(tmp_path) -> Path:
    """Curves of the points that the commands would measure, with made-up scores."""
    for name, command in curves.jobs(ENGLISH_FRENCH).items():
        settings = settings_of(command)
        points = plan(settings, {path: ranking(i, NEURONS) for i, path in enumerate(settings.rankings)}, None)
        write_curve(tmp_path / settings.out, map(entry_of, points))
        assert settings.out == f"curves/{name.removeprefix('curve-')}"
    return tmp_path


def entry_of(point) -> Entry:
    factor = {"top": 1, "bottom": 4, "random": point.seed or 0}[point.order] + 10 * ("variance" in point.ranking)
    names = {name: getattr(point, name) for name in ("ranking", "order", "seed", "neurons", "share")}
    metric = "perplexity" if "lm" in point.ranking else "bleu"
    return {**names, "metric": metric, "score": 20.0 - point.neurons * factor / 10, "signature": point.mask.signature}


def test_table__has_a_column_an_order_and_a_row_a_share(measured):
    lines = curves.table(curves.lines(measured)).splitlines()
    assert [part.strip() for part in lines[0].split(",")] == ["BLEU"] * 4 + ["perplexity"] * 3 + [""]
    orders = ["top", "bottom", "random"]
    assert re.split(r"  +", lines[1].strip()) == ["removed", *orders, "top by variance", *orders]
    assert [line.split()[0] for line in lines[3:]] == ["0%", "2.5%", "5%", "10%", "20%", "40%"]
    by_order = ["18.40", "13.60", "17.60 ± 1.13"]  # 16 of the 80 neurons
    assert re.split(r"  +", lines[7].strip()) == ["20%", *by_order, "2.40", *by_order]
    assert lines[3].split() == ["0%", *["20.00"] * 7]


def test_infinite_perplexity__is_shown_as_such(measured):
    path = measured / "curves" / "lm" / "curve.jsonl"
    entries = [{**entry, "score": None if entry["neurons"] == 32 else 9.0} for entry in curves.read_entries(path)]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    assert curves.table(curves.lines(measured)).splitlines()[-1].split()[-3:] == ["inf"] * 3


def test_figure__has_a_panel_a_metric_and_the_settings_of_its_points(measured):
    curves.figure(measured)
    with Image.open(measured / "curve.png") as image:
        assert image.width > 1.5 * image.height
        assert image.text["Title"] == "BLEU and perplexity against neurons clamped"
        assert "|value:zero|" in image.text["Description"] and "|results:" in image.text["Description"]
