"""The metrics that an ablation can measure, by name."""

from __future__ import annotations

from importlib.metadata import entry_points

from fairseq_neurons.ablation.metrics.bleu import Bleu
from fairseq_neurons.ablation.metrics.controlling import Controlling
from fairseq_neurons.ablation.metrics.metric import AnyMetric
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.ablation.metrics.perplexity import Perplexity
from fairseq_neurons.errors import InputError

# Installed packages name their metrics in this group of entry points.
GROUP = "fairseq_neurons.metrics"

_METRICS: dict[str, type[AnyMetric]] = {metric.info.name: metric for metric in (Bleu, Perplexity, Controlling)}


def register(metric: type[AnyMetric]) -> type[AnyMetric]:
    """Add a metric; a class decorator.

    Raises:
        ValueError: if there is another metric of that name.
    """
    name = metric.info.name
    if _METRICS.setdefault(name, metric) is not metric:
        raise ValueError(f"There is a metric {name!r} already: {_METRICS[name]}.")
    return metric


def metric_names() -> list[str]:
    """The names of all metrics."""
    return list(dict.fromkeys([*_METRICS, *(entry.name for entry in entry_points(group=GROUP))]))


def metric_named(name: str) -> type[AnyMetric]:
    """The metric of a name.

    Raises:
        InputError: if there is none.
    """
    found = _find(name)
    if found is None:
        raise InputError(f"metric={name}: the choices are {', '.join(metric_names())}.")
    return found


def metric_info(name: str) -> MetricInfo:
    """What tables and figures say of a metric; of one that is not installed, its name."""
    found = _find(name)
    return found.info if found else MetricInfo(name, axis=name, title=name)


def registered() -> list[type[AnyMetric]]:
    """All metrics that are loaded."""
    return list(_METRICS.values())


def _find(name: str) -> type[AnyMetric] | None:
    if name not in _METRICS:
        for entry in entry_points(group=GROUP, name=name):
            register(entry.load())
    return _METRICS.get(name)
