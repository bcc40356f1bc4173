"""Metrics by name."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from fairseq_neurons.ablation.metrics import metric_registry
from fairseq_neurons.errors import InputError
from tests.ablation.metrics.toy_metric import SentenceCost


def test_built_in_metrics__have_the_names_of_the_command():
    assert metric_registry.metric_names() == ["bleu", "perplexity", "control"]
    directions = {name: metric_registry.metric_info(name).higher_is_better for name in metric_registry.metric_names()}
    assert directions == {"bleu": True, "perplexity": False, "control": True}


def test_unknown_metric__is_refused_for_measuring_and_shown_by_its_name():
    with pytest.raises(InputError, match="metric=ter: the choices are bleu, perplexity, control."):
        metric_registry.metric_named("ter")
    info = metric_registry.metric_info("ter")
    assert (info.axis, info.title, info.written(3.0)) == ("ter", "ter", "ter 3.00")


def test_metric_of_an_installed_package__is_loaded_when_it_is_named(monkeypatch):
    entry = EntryPoint("cost", "tests.ablation.metrics.toy_metric:SentenceCost", metric_registry.GROUP)

    def entry_points(group: str, name: str = "cost") -> list[EntryPoint]:
        return [entry] if (group, name) == (entry.group, "cost") else []

    monkeypatch.setattr(metric_registry, "entry_points", entry_points)
    monkeypatch.setattr(metric_registry, "_METRICS", dict(metric_registry._METRICS))
    assert metric_registry.metric_names()[-1] == "cost"
    assert SentenceCost not in metric_registry.registered()
    assert metric_registry.metric_named("cost") is SentenceCost
