"""Agreement between rankings of the same neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.stats import spearmanr

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.ranking import Ranking
from fairseq_neurons.same_model import check_same_model


def top_overlap(a: Ranking, b: Ranking, k: int) -> float:
    """The fraction of the top ``k`` neurons that two rankings share; the expected overlap by chance is ``k`` / D.

    Raises:
        InputError: if the rankings have different neurons, or ``k`` is not between 1 and the number of neurons D.
    """
    _check_same_model(a, b)
    _check_depth(k, a, "k")
    return len(np.intersect1d(a.top(k), b.top(k))) / k


def average_overlap(a: Ranking, b: Ranking, depth: int) -> float:
    """The mean over d = 1, ..., ``depth`` of the fraction of the top d neurons that two rankings share.

    This is a finite, unweighted variant of rank-biased overlap (Webber, Moffat & Zobel 2010, "A similarity measure for
    indefinite rankings"). Neurons at the top contribute at every d.

    Raises:
        InputError: if the rankings have different neurons, or ``depth`` is not between 1 and the number of neurons D.
    """
    _check_same_model(a, b)
    _check_depth(depth, a, "depth")
    # Both top lists contain a neuron from the later of its two positions on.
    joined = np.bincount(np.maximum(_positions(a), _positions(b)), minlength=depth)[:depth]
    return float(np.mean(np.cumsum(joined) / np.arange(1, depth + 1)))


def spearman(a: Ranking, b: Ranking) -> float:
    """Spearman's rank correlation of the neurons' positions, from -1 to 1; NaN for a single neuron.

    Raises:
        InputError: if the rankings have different neurons.
    """
    _check_same_model(a, b)
    if len(a.order) < 2:
        return float("nan")
    return float(spearmanr(_positions(a), _positions(b)).statistic)


def overlap_matrix(rankings: Mapping[str, Ranking], measure: Callable[[Ranking, Ranking], float]) -> np.ndarray:
    """Compute a symmetric measure for every pair of rankings.

    Args:
        rankings: n rankings by name; rows and columns have this order.
        measure: for instance :func:`spearman` or ``partial(top_overlap, k=50)``.

    Returns:
        float64 (n, n).

    Raises:
        InputError: if two rankings have different neurons (the message names them), or as in the measure.
    """
    values = np.empty((len(rankings), len(rankings)))
    named = list(rankings.items())
    for i, (left, a) in enumerate(named):
        for j, (right, b) in enumerate(named[: i + 1]):
            check_same_model((right, b), (left, a))
            values[i, j] = values[j, i] = measure(a, b)
    return values


def _positions(ranking: Ranking) -> np.ndarray:
    """The position of each neuron, int64 (D,), from 0."""
    positions = np.empty_like(ranking.order)
    positions[ranking.order] = np.arange(len(positions))
    return positions


def _check_same_model(a: Ranking, b: Ranking) -> None:
    check_same_model(("The first ranking", a), ("the second", b))


def _check_depth(depth: int, ranking: Ranking, name: str) -> None:
    if not 1 <= depth <= len(ranking.order):
        raise InputError(f"{name}={depth} must lie between 1 and {len(ranking.order)}, the number of neurons.")
