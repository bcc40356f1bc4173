"""The neurons of other models that do the like of a neuron."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.rankings.comparable import check_comparable
from fairseq_neurons.rankings.streaming import moments_of


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


def _nearest(rho: np.ndarray, count: int) -> Neighbours:
    """The ``count`` columns of largest abs in every row of (D, D'); nan counts as 0."""
    known = np.nan_to_num(rho, nan=0.0)
    indices = np.argsort(-np.abs(known), axis=1, kind="stable")[:, :count]
    return Neighbours(indices.astype(np.int64), np.take_along_axis(known, indices, axis=1))
