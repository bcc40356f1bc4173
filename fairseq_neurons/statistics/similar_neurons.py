"""The neurons of other models that do the like of a neuron."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.comparability import check_comparable
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.dump_moments import moments_of
from fairseq_neurons.statistics.neuron_columns import column_of


@dataclass(frozen=True)
class Neighbours:
    """For each of D neurons, the k nearest of another model.

    Args:
        indices: int64 (D, k), by descending abs(rho), then by index.
        correlations: float64 (D, k), rho with its sign, within 1e-6; 0 where either neuron never changes.
    """

    indices: np.ndarray
    correlations: np.ndarray


def neighbours(ours: Activations, others: Mapping[str, Activations], count: int = 3) -> dict[str, Neighbours]:
    """For each neuron, those of every other model with the largest abs(rho), Pearson's correlation over the words.

    These are the pairs that Cross-model Correlation Analysis takes the maximum of (Dalvi et al. 2019). All dumps are
    read once, together, in blocks.

    Args:
        ours: the dump of the model.
        others: dumps of other models over the same words, by name.
        count: how many neighbours in each; fewer if the other has fewer neurons.

    Returns:
        The neighbours in each, by name.

    Raises:
        InputError: if the dumps are of different words, one is given twice, or a value is not a finite number.
    """
    if not others:
        return {}
    dumps = [ours, *others.values()]
    check_comparable(ours, dumps[1:])
    moments = moments_of(dumps, [(0, i) for i in range(1, len(dumps))], np.float32)
    return {name: _nearest(moments.correlation(0, i), count) for i, name in enumerate(others, start=1)}


def neighbours_of(
    ours: Activations, neuron: int, others: Mapping[str, Activations], count: int = 3
) -> dict[str, Neighbours]:
    """The same for one neuron, (1, k), by reading alone: no products of all neurons with all.

    Raises:
        InputError: likewise.
    """
    if not others:
        return {}
    check_comparable(ours, list(others.values()))
    values = column_of(ours, neuron)
    return {name: _nearest(_correlations(values, other)[None], count) for name, other in others.items()}


def _correlations(values: np.ndarray, other: Activations) -> np.ndarray:
    """Pearson's rho of (N,) values with every neuron of a dump, float64 (D',); nan where either is constant."""
    # Of what is constant, nothing at all must be left.
    own = values.astype(np.float64) - values[0]
    own -= own.mean()
    products, sums, squares = np.zeros((3, len(other.neurons)))
    start = 0
    for block in other.blocks():
        # A value that is no number shows in the end.
        with np.errstate(invalid="ignore"):
            theirs = block.astype(np.float64) - other.values[0]
        products += own[start : start + len(block)] @ theirs
        sums += theirs.sum(axis=0)
        squares += np.einsum("nd,nd->d", theirs, theirs)
        start += len(block)
    if not np.isfinite(squares.sum()):
        raise InputError(f"{other.path} holds values that are not finite numbers.")
    scatter = np.maximum(squares - sums**2 / len(other), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(products / np.sqrt(scatter * (own @ own)), -1, 1)


def _nearest(rho: np.ndarray, count: int) -> Neighbours:
    """The ``count`` columns of largest abs in every row of (D, D'); nan counts as 0."""
    known = np.nan_to_num(rho, nan=0.0)
    indices = np.argsort(-np.abs(known), axis=1, kind="stable")[:, :count]
    return Neighbours(indices.astype(np.int64), np.take_along_axis(known, indices, axis=1))
