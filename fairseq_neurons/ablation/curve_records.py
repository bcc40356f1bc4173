"""The records of an ablation curve: its points, and the tests between them, as they are on disk."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import Fields

# A value without structure.
Scalar = float | str | None

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
class Score:
    """What a metric measures of one model.

    Args:
        score: the number that the curve shows; infinite where it exceeds all numbers.
        extra: what else belongs to it, by name.
    """

    score: float
    extra: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Significance:
    """A significance test of one output against another on the same sentences.

    Args:
        score: of the first.
        low: lower end of the confidence interval of that score; None if there is none, or it is infinite.
        high: upper end, likewise.
        difference: of the score from the other's; None if either is infinite.
        p_value: of the difference, two-sided.
        details: what else the test found.
        beside: results of a second score, measured beside the first.
    """

    score: float
    difference: float | None
    p_value: float
    low: float | None = None
    high: float | None = None
    details: Mapping[str, Scalar] = field(default_factory=dict)
    beside: Mapping[str, Scalar] = field(default_factory=dict)

    def to_json(self) -> dict[str, Scalar]:
        """The fields in the order in which they are on disk."""
        return {
            **{"score": _finite(self.score), "low": self.low, "high": self.high, "difference": self.difference},
            **self.details,
            "p_value": self.p_value,
            **self.beside,
        }


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
            **{"score": _finite(self.score), **self.extra, "output": self.output},
            **(tested if self.test else {}),
            "signature": self.signature,
        }

    @classmethod
    def read(cls, fields: Fields) -> Point:
        """Check the fields of a line.

        Raises:
            InputError: naming the file, the line and the first field that is missing or mistyped.
        """
        extra, beside = _others(fields, "output")
        return cls(
            *Choice.read(fields),
            neurons=fields.required("neurons", int),
            share=fields.optional("share", str) or "",
            metric=fields.required("metric", str),
            score=_score(fields),
            extra=extra,
            output=fields.optional("output", str) or "",
            low=fields.optional("low", float),
            high=fields.optional("high", float),
            p_value=fields.optional("p_value", float),
            beside=beside,
            test=fields.optional("test", str) or "",
            signature=fields.required("signature", str),
        )


@dataclass(frozen=True)
class Comparison:
    """A line of ``comparisons.jsonl``: a point tested against another with as many neurons, or the unablated model.

    Args:
        choice: of the point.
        neurons: how many are masked.
        metric: its name.
        against: of the other point; None for the unablated model.
        result: of the test.
        signature: the settings that made it.
    """

    choice: Choice
    neurons: int
    metric: str
    against: Choice | None
    result: Significance
    signature: str = ""

    def to_json(self) -> dict[str, object]:
        """The fields in the order in which they are on disk."""
        return {
            **self.choice._asdict(),
            **{"neurons": self.neurons, "metric": self.metric},
            "against": self.against and self.against._asdict(),
            **self.result.to_json(),
            "signature": self.signature,
        }

    @classmethod
    def read(cls, fields: Fields) -> Comparison:
        """Check the fields of a line.

        Raises:
            InputError: naming the file, the line and the first field that is missing or mistyped.
        """
        details, beside = _others(fields, "p_value")
        result = Significance(
            _score(fields),
            fields.optional("difference", float),
            fields.required("p_value", float),
            fields.optional("low", float),
            fields.optional("high", float),
            details,
            beside,
        )
        against = Choice.read(fields.inner("against")) if fields.optional("against", dict) else None
        neurons, metric = fields.required("neurons", int), fields.required("metric", str)
        return cls(Choice.read(fields), neurons, metric, against, result, fields.required("signature", str))


# Fields that have a place of their own in a record.
OWN = frozenset(
    (*Choice._fields, "neurons", "share", "metric", "score", "output", "against")
    + ("low", "high", "difference", "p_value", "test", "signature")
)


def _others(fields: Fields, mark: str) -> tuple[dict[str, Scalar], dict[str, Scalar]]:
    """What a metric has added to the fields of a record: before and after one of them."""
    names = list(fields.content)
    place = names.index(mark) if mark in fields else len(names)
    before, after = ([name for name in part if name not in OWN] for part in (names[:place], names[place:]))
    return scalars(fields, before), scalars(fields, after)


def scalars(fields: Fields, names: Iterable[str] | None = None) -> dict[str, Scalar]:
    """The values of some fields, or of all, without structure.

    Raises:
        InputError: if one is a list or an object.
    """
    found: dict[str, Scalar] = {}
    for name in fields.content if names is None else names:
        value = fields.content[name]
        if not (value is None or isinstance(value, str | int | float)):
            raise fields.damage(f"{name!r} is not a number or a string")
        found[name] = value
    return found


def _score(fields: Fields) -> float:
    """Null is infinity, which JSON lacks."""
    if "score" not in fields:
        raise fields.damage("'score' is missing")
    score = fields.optional("score", float)
    return math.inf if score is None else score


def _finite(score: float) -> float | None:
    return None if math.isinf(score) else score
