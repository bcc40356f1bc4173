"""Similar neurons in other models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.comparability import check_comparable
from fairseq_neurons.activations.finite_values import not_finite
from fairseq_neurons.statistics.dump_moments import moments_of
from fairseq_neurons.statistics.neuron_columns import column_of


@dataclass(frozen=True)
class Neighbours:
    """For each of D neurons, the k most similar neurons of another model.

    Args:
        indices: int64 (D, k), by descending abs(rho), then by index.
        correlations: float64 (D, k), signed rho, accurate to 1e-6; 0 if either neuron is constant.
    """

    indices: np.ndarray
    correlations: np.ndarray


def neighbours(ours: Activations, others: Mapping[str, Activations], count: int = 3) -> dict[str, Neighbours]:
    """Find the most similar neurons in other models, by the absolute value of Pearson's rho over the words.

    Cross-model Correlation Analysis (Dalvi et al. 2019) takes the maximum over the same pairs of neurons. All dumps are
    read once, in blocks.

    Args:
        ours: dump of the model.
        others: dumps of other models over the same words, by name.
        count: maximum number of similar neurons in each model.

    Returns:
        The similar neurons in each model, by its name.

    Raises:
        InputError: if the dumps have different words, a dump is listed twice, or a value is not finite.
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
    """As :func:`neighbours`, for a single neuron, (1, k), without computing the correlations of all others.

    Raises:
        InputError: as in :func:`neighbours`.
    """
    if not others:
        return {}
    check_comparable(ours, list(others.values()))
    values = column_of(ours, neuron)
    return {name: _nearest(_correlations(values, other)[None], count) for name, other in others.items()}


def _correlations(values: np.ndarray, other: Activations) -> np.ndarray:
    """Pearson's rho of values, (N,), with every neuron of a dump, float64 (D',); NaN if either is constant."""
    # Constant values become exactly 0.
    own = values.astype(np.float64) - values[0]
    own -= own.mean()
    products, sums, squares = np.zeros((3, len(other.neurons)))
    start = 0
    for block in other.blocks():
        # Values that are not finite are detected at the end.
        with np.errstate(invalid="ignore"):
            theirs = block.astype(np.float64) - other.values[0]
        products += own[start : start + len(block)] @ theirs
        sums += theirs.sum(axis=0)
        squares += np.einsum("nd,nd->d", theirs, theirs)
        start += len(block)
    if not np.isfinite(squares.sum()):
        raise not_finite(other)
    scatter = np.maximum(squares - sums**2 / len(other), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(products / np.sqrt(scatter * (own @ own)), -1, 1)


def _nearest(rho: np.ndarray, count: int) -> Neighbours:
    """The ``count`` columns with the largest absolute value in each row of (D, D'); NaN counts as 0."""
    defined = np.nan_to_num(rho, nan=0.0)
    indices = np.argsort(-np.abs(defined), axis=1, kind="stable")[:, :count]
    return Neighbours(indices.astype(np.int64), np.take_along_axis(defined, indices, axis=1))
