"""Rankings by some of the other models each, put together: pairs of models can be compared on different machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.model_pairs import PAIRWISE
from fairseq_neurons.rankings.ranking import Ranking

PREFIX = "crossmodel-"


def combine(paths: Sequence[str | Path]) -> Ranking:
    """The ranking by all other models together, from files of rankings by some of them each.

    It is the very one that :func:`.crossmodel.correlate` makes of all dumps at once, in the order of the files: a score
    by several models is the largest or the smallest of those by one.

    Args:
        paths: of two or more rankings of one model by one method on the same words, each by other models.

    Raises:
        InputError: if there are fewer than two, one is not a cross-model ranking, they differ in anything but the other
            models, or one of those is in two of them.
    """
    if len(paths) < 2:
        raise InputError("combine= needs at least two rankings.")
    rankings = [Ranking.load(path) for path in paths]
    first, how = rankings[0], PAIRWISE[_method(rankings[0], paths[0])]
    fields = [_fields(ranking) for ranking in rankings]
    for path, ranking, told in zip(paths, rankings, fields, strict=True):
        _method(ranking, path)
        _check_alike(f"{paths[0]} and {path}", first, fields[0], ranking, told)
    fields[0]["others"] = "+".join(_distinct_models(paths, fields))
    return Ranking.from_scores(
        first.method,
        first.neurons,
        how.merge.reduce([_by_index(ranking) for ranking in rankings]),
        "|".join(f"{name}:{value}" for name, value in fields[0].items()),
        first.checkpoint_sha256,
    )


def _method(ranking: Ranking, path: str | Path) -> str:
    name = ranking.method.removeprefix(PREFIX)
    if not ranking.method.startswith(PREFIX) or name not in PAIRWISE or "others" not in _fields(ranking):
        raise InputError(f"{path} is a ranking by {ranking.method!r}; only cross-model rankings can be combined.")
    return name


def _fields(ranking: Ranking) -> dict[str, str]:
    """The settings in its signature, by name."""
    return {name: value for name, _, value in (part.partition(":") for part in ranking.signature.split("|"))}


def _check_alike(names: str, a: Ranking, fields: dict[str, str], b: Ranking, others: dict[str, str]) -> None:
    for name in dict.fromkeys([*fields, *others]):
        left, right = fields.get(name), others.get(name)
        if name != "others" and left != right:
            raise InputError(f"{names} cannot be combined: {name} is {left!r} in one and {right!r} in the other.")
    if a.neurons != b.neurons or a.checkpoint_sha256 != b.checkpoint_sha256:
        raise InputError(f"{names} cannot be combined: they are rankings of different models.")


def _distinct_models(paths: Sequence[str | Path], fields: Sequence[dict[str, str]]) -> list[str]:
    seen: dict[str, int] = {}
    models = [told["others"].split("+") for told in fields]
    for i, own in enumerate(models):
        for model in own:
            if seen.setdefault(model, i) != i:
                raise InputError(f"{paths[seen[model]]} and {paths[i]} cannot be combined: both are by model {model}.")
    return [model for own in models for model in own]


def _by_index(ranking: Ranking) -> np.ndarray:
    scores = np.empty_like(ranking.scores)
    scores[ranking.order] = ranking.scores
    return scores
