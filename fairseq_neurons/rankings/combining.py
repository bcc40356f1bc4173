"""Combine rankings by different other models, so that pairs of models can be compared on different machines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.model_pairs import PAIRWISE
from fairseq_neurons.rankings.ranking import Ranking
from fairseq_neurons.same_model import check_same_model

PREFIX = "crossmodel-"


def combine(paths: Sequence[str | Path]) -> Ranking:
    """Combine rankings of one model, each computed from some of the other models.

    The result equals the ranking that :func:`.cross_model.correlate` computes from all dumps at once, in the order of
    the files: a score by several models is the maximum or minimum of the scores by single models.

    Args:
        paths: two or more rankings of the same model, by the same method on the same words, from different other
            models.

    Raises:
        InputError: if there are fewer than two rankings, one is not a cross-model ranking, they differ in more than
            the other models, or another model occurs twice.
    """
    if len(paths) < 2:
        raise InputError("combine= needs at least two rankings.")
    rankings = [Ranking.load(path) for path in paths]
    first, method = rankings[0], PAIRWISE[_pair_method(rankings[0], paths[0])]
    fields = [_signature_fields(ranking) for ranking in rankings]
    for path, ranking, own in zip(paths, rankings, fields, strict=True):
        _pair_method(ranking, path)
        _check_same_settings(f"{paths[0]} and {path}", fields[0], own)
        check_same_model((paths[0], first), (path, ranking))
    fields[0]["others"] = "+".join(_other_models(paths, fields))
    return Ranking.from_scores(
        first.method,
        first.neurons,
        method.merge.reduce([_by_index(ranking) for ranking in rankings]),
        "|".join(f"{name}:{value}" for name, value in fields[0].items()),
        first.checkpoint_sha256,
    )


def _pair_method(ranking: Ranking, path: str | Path) -> str:
    name = ranking.method.removeprefix(PREFIX)
    if not ranking.method.startswith(PREFIX) or name not in PAIRWISE or "others" not in _signature_fields(ranking):
        raise InputError(f"{path} is a ranking by {ranking.method!r}; only cross-model rankings can be combined.")
    return name


def _signature_fields(ranking: Ranking) -> dict[str, str]:
    """The settings of the signature, by name."""
    return {name: value for name, _, value in (part.partition(":") for part in ranking.signature.split("|"))}


def _check_same_settings(names: str, a_fields: dict[str, str], b_fields: dict[str, str]) -> None:
    for name in dict.fromkeys([*a_fields, *b_fields]):
        left, right = a_fields.get(name), b_fields.get(name)
        if name != "others" and left != right:
            raise InputError(f"{names} cannot be combined: {name} is {left!r} in one and {right!r} in the other.")


def _other_models(paths: Sequence[str | Path], fields: Sequence[dict[str, str]]) -> list[str]:
    """The other models of all rankings, none of which may occur twice."""
    seen: dict[str, int] = {}
    models = [own["others"].split("+") for own in fields]
    for i, own in enumerate(models):
        for model in own:
            if seen.setdefault(model, i) != i:
                raise InputError(f"{paths[seen[model]]} and {paths[i]} cannot be combined: both use model {model}.")
    return [model for own in models for model in own]


def _by_index(ranking: Ranking) -> np.ndarray:
    scores = np.empty_like(ranking.scores)
    scores[ranking.order] = ranking.scores
    return scores
