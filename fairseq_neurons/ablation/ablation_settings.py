"""The options of an ablation, the same for the command and for Python, in parts that each step needs."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from fairseq_neurons.ablation.curve_records import ORDERS
from fairseq_neurons.ablation.metrics.bleu import BleuOptions
from fairseq_neurons.ablation.metrics.controlling_options import ControllingOptions
from fairseq_neurons.ablation.metrics.metric import AnyMetric
from fairseq_neurons.ablation.metrics.metric_options import option_names, own_options
from fairseq_neurons.ablation.metrics.metric_registry import metric_named, registered
from fairseq_neurons.ablation.metrics.perplexity import PerplexityOptions
from fairseq_neurons.errors import InputError

POINTS = ("0%", "2.5%", "5%", "10%", "20%", "40%")


@dataclass
class TargetOptions:
    """Which model is measured, on what, and by which metric.

    Args:
        checkpoint: of the model.
        data: its data folder.
        rankings: files of the rankings, all of this model.
        out: folder of the curve; an unfinished or smaller one of the same settings is continued.
        subset: of the data.
        metric: ``bleu``; ``perplexity``, of a language model, or of a translation model by forced decoding;
            ``control``: the percentage of translations whose label changes when neurons are masked at words of that
            label alone; or another metric that is registered.
        metric_options: options of a metric from outside the package.
    """

    checkpoint: str
    data: str
    rankings: list[str]
    out: str
    subset: str = "test"
    metric: str = "bleu"
    metric_options: dict[str, Any] = field(default_factory=dict)


@dataclass
class PointOptions:
    """Which neurons are masked at each point, and how.

    Args:
        points: how many neurons are masked, numbers (50) or percentages (2.5%).
        order: from which ends of each ranking: ``top``, ``bottom``; or ``random``.
        seeds: number of random orders; their seeds count from 1 and are the same for every ranking.
        value: mask value: ``zero``, ``mean`` or a number; by default ``mean`` if ``means`` is given, else ``zero``.
            ``metric=control`` needs the one or the other.
        means: the dump whose means ``mean`` stands for.
        site: mask site, one of those that the model has, see `Mask`; ``auto`` is ``recurrent`` for hidden states of an
            LSTM and ``output`` for all else.
    """

    points: list[Any] = field(default_factory=lambda: list(POINTS))
    order: list[str] = field(default_factory=lambda: list(ORDERS))
    seeds: int = 3
    value: Any = None
    means: str | None = None
    site: str = "auto"

    @property
    def mask_value(self) -> float | str:
        """``value`` or its default, spelled in one way: ``zero``, ``mean`` or another number.

        Raises:
            InputError: if it is something else.
        """
        if self.value is None:
            return "zero" if self.means is None else "mean"
        if self.value in ("zero", "mean"):
            return str(self.value)
        try:
            number = float(self.value)
        except (TypeError, ValueError) as error:
            raise InputError(f"value={self.value}: the mask value is zero, mean or a number.") from error
        if not math.isfinite(number):
            raise InputError(f"value={self.value}: give a finite number.")
        return number or "zero"

    def check_points(self) -> None:
        """Refuse invalid options.

        Raises:
            InputError: naming the option.
        """
        for name in ("points", "order"):
            check_distinct(name, getattr(self, name))
        for order in self.order:
            if order not in ORDERS:
                raise InputError(f"order={_shown(self.order)}: the choices are {', '.join(ORDERS)}.")
        check_positive(self, "seeds")
        if (self.mask_value == "mean") != (self.means is not None):
            raise InputError("value=mean and means=DUMP go together: the means are those of a dump.")


@dataclass
class ProcessOptions:
    """How the work is done.

    Args:
        max_tokens: of a batch; by default as many as suit the metric.
        workers: processes that share the points; by default the number of cores, or one on a GPU.
    """

    max_tokens: int | None = None
    workers: int | None = None

    def processes(self, gpu: bool) -> int:
        """How many processes measure.

        Args:
            gpu: whether the model runs on one.

        Raises:
            InputError: if more than one is asked for on a GPU.
        """
        if gpu and (self.workers or 1) > 1:
            raise InputError(f"workers={self.workers}: on a GPU one process measures all points.")
        return 1 if gpu else self.workers or len(os.sched_getaffinity(0))


@dataclass
class AblationSettings(ControllingOptions, BleuOptions, PerplexityOptions, ProcessOptions, PointOptions, TargetOptions):
    """All options: which model, which neurons, and what is measured.

    `TargetOptions`, `PointOptions` and `ProcessOptions` are for every metric. `BleuOptions`, `PerplexityOptions` and
    `ControllingOptions` are those of the built-in metrics.
    """

    def check(self) -> None:
        """Refuse invalid options before anything is read.

        Raises:
            InputError: naming the option.
        """
        metric = metric_named(self.metric)
        check_distinct("rankings", self.rankings)
        self.check_points()
        for name in ("max_tokens", "workers"):
            check_positive(self, name)
        self._check_others(metric)
        metric.check(self.of(metric), self.means)
        if self.value is None:
            metric.check_default_value(self.of(metric), self.means)

    def of(self, metric: type[AnyMetric]) -> Any:
        """The options of one metric.

        Raises:
            InputError: if one of ``metric_options`` is unknown or of the wrong type.
        """
        return own_options(metric.Options, self, self.metric_options)

    def _check_others(self, metric: type[AnyMetric]) -> None:
        """Refuse the options of another metric."""
        defaults = {item.name: item.default for item in fields(self)}
        for other in registered():
            for name in option_names(other.Options):
                foreign = name in defaults and name not in option_names(metric.Options)
                if foreign and getattr(self, name) != defaults[name]:
                    given = f"{name}={getattr(self, name)}"
                    raise InputError(f"{given} is for metric={other.info.name}; metric={self.metric} has none.")


def check_distinct(name: str, given: Sequence[Any]) -> None:
    """Refuse an empty list and repeated values.

    Raises:
        InputError: naming the option.
    """
    if not given or len(set(map(str, given))) < len(given):
        raise InputError(f"{name}={_shown(given)}: give at least one, and each once.")


def check_positive(options: object, name: str) -> None:
    """Refuse a number below 1.

    Raises:
        InputError: naming the option.
    """
    number = getattr(options, name)
    if number is not None and number < 1:
        raise InputError(f"{name}={number}: give at least 1.")


def _shown(values: Sequence[Any]) -> str:
    return f"[{','.join(map(str, values))}]"
