"""Read the fields of a record of a curve: those that every metric has, and what a metric adds to them."""

from __future__ import annotations

import math
from collections.abc import Iterable

from fairseq_neurons.ablation.metric_results import Scalar
from fairseq_neurons.storage.json_fields import Fields

# Fields that have a place of their own in a record.
OWN = frozenset(
    ("ranking", "order", "seed", "neurons", "share", "metric", "score", "output", "against")
    + ("low", "high", "difference", "p_value", "test", "signature")
)


def others(fields: Fields, mark: str) -> tuple[dict[str, Scalar], dict[str, Scalar]]:
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


def score_of(fields: Fields) -> float:
    """Null is infinity, which JSON lacks."""
    if "score" not in fields:
        raise fields.damage("'score' is missing")
    score = fields.optional("score", float)
    return math.inf if score is None else score
