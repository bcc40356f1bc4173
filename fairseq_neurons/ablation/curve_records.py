"""A point of an ablation curve, as it is on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from fairseq_neurons.ablation.metric_results import Scalar, Significance, finite
from fairseq_neurons.ablation.record_fields import others, score_of
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import Fields

ORDERS = ("top", "bottom", "random")


class Choice(NamedTuple):
    """Which neurons are masked first.

    Args:
        ranking: the name under which its file was given.
        order: ``top``, ``bottom`` or ``random``.
        seed: of a random order; None for the others.
    """

    ranking: str
    order: str
    seed: int | None

    @classmethod
    def read(cls, fields: Fields) -> Choice:
        """Check and take the three fields."""
        order = fields.required("order", str)
        if order not in ORDERS:
            raise fields.damage(f"'order' is {order!r}, not one of {', '.join(ORDERS)}")
        return cls(fields.required("ranking", str), order, fields.optional("seed", int))


@dataclass(frozen=True)
class Point:
    """A line of ``curve.jsonl``: one masked model, measured.

    Args:
        ranking: the name under which its file was given.
        order: ``top``, ``bottom`` or ``random``.
        seed: of a random order; None for the others.
        neurons: how many are masked.
        share: the same as it was asked for, ``50`` or ``2.5%``.
        metric: its name.
        score: infinite where it exceeds all numbers.
        extra: further results of the metric.
        output: file of what the model did, relative to the curve's folder.
        low: lower end of the 95 % interval of the score; None if there is none, or it is infinite.
        high: upper end, likewise.
        p_value: of the difference from the unablated model; None before it has been tested.
        beside: intervals and p-values of a second score.
        test: the settings that made the interval and the p-value; empty before it has been tested.
        signature: the settings that made the score.
    """

    ranking: str
    order: str
    seed: int | None
    neurons: int
    share: str
    metric: str
    score: float
    extra: Mapping[str, Scalar] = field(default_factory=dict)
    output: str = ""
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    beside: Mapping[str, Scalar] = field(default_factory=dict)
    test: str = ""
    signature: str = ""

    @property
    def choice(self) -> Choice:
        """Which neurons are masked first."""
        return Choice(self.ranking, self.order, self.seed)

    @property
    def place(self) -> tuple[str, int, int, int]:
        """Sorts the points of a folder, whichever runs measured them."""
        return self.ranking, ORDERS.index(self.order), self.seed or 0, self.neurons

    def number(self, name: str) -> float:
        """A further result of the metric that is a number.

        Raises:
            InputError: if the point lacks it.
        """
        value = self.extra.get(name)
        if not isinstance(value, int | float):
            raise InputError(f"A point of metric={self.metric} has no number {name!r} ({self.signature}).")
        return value

    def tested(self, result: Significance, test: str, beside: tuple[str, ...]) -> Point:
        """The same point with its interval and p-value.

        Args:
            result: of the test against the unablated model.
            test: what made it.
            beside: the results of a second score that a point has, too.
        """
        taken = {name: result.beside[name] for name in beside if name in result.beside}
        return replace(self, low=result.low, high=result.high, p_value=result.p_value, beside=taken, test=test)

    def to_json(self) -> dict[str, Scalar]:
        """The fields in the order in which they are on disk."""
        tested = {"low": self.low, "high": self.high, "p_value": self.p_value, **self.beside, "test": self.test}
        return {
            **self.choice._asdict(),
            **{"neurons": self.neurons, "share": self.share, "metric": self.metric},
            **{"score": finite(self.score), **self.extra, "output": self.output},
            **(tested if self.test else {}),
            "signature": self.signature,
        }

    @classmethod
    def read(cls, fields: Fields) -> Point:
        """Check the fields of a line.

        Raises:
            InputError: naming the file, the line and the first field that is missing or mistyped.
        """
        extra, beside = others(fields, "output")
        return cls(
            *Choice.read(fields),
            neurons=fields.required("neurons", int),
            share=fields.optional("share", str) or "",
            metric=fields.required("metric", str),
            score=score_of(fields),
            extra=extra,
            output=fields.optional("output", str) or "",
            low=fields.optional("low", float),
            high=fields.optional("high", float),
            p_value=fields.optional("p_value", float),
            beside=beside,
            test=fields.optional("test", str) or "",
            signature=fields.required("signature", str),
        )
