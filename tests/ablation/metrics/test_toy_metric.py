"""A metric that is registered from outside the package: its curve, table, figure, page and command show it."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import fairseq_neurons as fn
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_table import table
from fairseq_neurons.ablation.metrics import metric_registry
from fairseq_neurons.commands.ablate import main
from fairseq_neurons.figures import ablation_curves
from fairseq_neurons.storage.files import sha256_of_file
from tests.ablation.metrics.toy_metric import SentenceCost
from tests.untrained_models import opened


@pytest.fixture
def registered() -> Iterator[None]:
    metric_registry.register(SentenceCost)
    yield
    del metric_registry._METRICS["cost"]


@pytest.fixture
def options(untrained, tmp_path) -> dict[str, object]:
    """A ranking of the language model, and what is measured of it."""
    checkpoint = untrained / "models" / "lm" / "checkpoint_best.pt"
    neurons = opened(untrained, "lm").neurons
    scores = np.random.default_rng(1).random(len(neurons))
    path = tmp_path / "run" / "ranking.json"
    fn.Ranking.from_scores("made", neurons, scores, "s", sha256_of_file(checkpoint)).save(path)
    given = {"checkpoint": str(checkpoint), "data": str(untrained / "bin" / "lm"), "rankings": [str(path)]}
    return {**given, "out": str(tmp_path / "run" / "cost"), "points": [0, "50%"], "seeds": 2, "workers": 1}


@pytest.fixture
def curve(registered, options) -> Curve:
    return fn.ablate(**options, metric="cost", metric_options={"worst": True})


def test_curve__has_the_scores_of_the_metric(curve, options):
    model = fn.load_model(options["checkpoint"], options["data"])
    assert len(curve.points) == 2 * (1 + 1 + 2)
    for point in curve.points:
        costs = [float(line) for line in (curve.path / point.output).read_text().split("\n")]
        assert (point.score, point.extra["sentences"]) == (max(costs), len(costs))
    assert len({point.score for point in curve.points}) > 3
    settings = json.loads((curve.path / "settings.json").read_text())["settings"]
    assert (settings["metric"], settings["worst"], settings["scale"]) == ("cost", True, 1.0)
    assert len(model.neurons) == 2 * curve.points[1].neurons


def test_table_and_figure__have_its_titles_and_scale(curve):
    assert table(curve).startswith("cost\n")
    figure = ablation_curves(curve)
    axes = figure.axes[1]
    assert (figure.title, axes.get_ylabel()) == ("Nats against neurons masked", "nats")
    assert axes.get_yscale() == "log"


def test_page__has_a_section_of_it(curve, tmp_path):
    index = fn.report(tmp_path / "run", tmp_path / "page").read_text(encoding="utf-8")
    assert "Cost of a sentence by neurons masked (cost)" in index
    assert re.search(rf">{curve.points[0].score:.2f}<", index)


def test_page_without_the_metric__shows_its_name(curve, options, tmp_path):
    metric = metric_registry._METRICS.pop("cost")
    index = fn.report(tmp_path / "run", tmp_path / "page").read_text(encoding="utf-8")
    metric_registry.register(metric)
    assert "cost by neurons masked (cost)" in index


def test_command__takes_its_options_and_shows_its_line(registered, options, tmp_path, monkeypatch, capfd):
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    typed = [f"{name}={value}".replace(" ", "").replace("'", "") for name, value in options.items()]
    monkeypatch.setattr(sys, "argv", ["fairseq-neurons-ablate", *typed, "metric=cost", "metric_options.worst=true"])
    main()
    printed = capfd.readouterr().err
    root.handlers[:] = handlers
    root.setLevel(level)
    assert "The dearest sentence is counted." in printed and "random" in printed
    assert Path(tmp_path / "run" / "cost" / "curve.jsonl").is_file()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"metric_options": {"best": True}}, "metric_options.best: the choices are worst, scale."),
        ({"metric_options": {"scale": "many"}}, "metric_options={'scale': 'many'}: Value 'many' of type 'str' could"),
        ({"metric_options": {"scale": -1}}, "scale=-1.0: give a positive number."),
        ({"beam": 3}, "beam=3 is for metric=bleu; metric=cost has none."),
        ({"metric": "bleu", "metric_options": {"worst": True}}, "metric_options.worst: the choices are none."),
    ],
)
def test_invalid_options__are_refused_before_anything_is_read(registered, given, sentence):
    with pytest.raises(fn.InputError) as raised:
        fn.ablate("model.pt", "bin", ["r.json"], "out", **{"metric": "cost", **given})
    assert sentence in str(raised.value)


def test_another_metric_of_the_same_name__is_refused(registered):
    class Other(SentenceCost):
        pass

    metric_registry.register(SentenceCost)
    with pytest.raises(ValueError, match="There is a metric 'cost' already"):
        metric_registry.register(Other)
