"""Focused and distributed labels: the number of neurons that make up a share of a label's weight mass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.algorithm1 import WeightMass

FIGURE_6 = 0.25


def salient_counts(weights: np.ndarray, masses: Sequence[float] = (FIGURE_6,)) -> np.ndarray:
    """Count the neurons that make up given shares of every label's weight mass.

    These are the first neurons by descending abs(theta_l) whose sum of abs(theta_l) reaches the share, as selected by
    one step of Algorithm 1 (Dalvi et al. 2019, Figure 6 and its footnote 9: 25 %). A focused label has few, a
    distributed label many.

    Args:
        weights: theta, (L, D) floats.
        masses: M shares, above 0 and up to 1.

    Returns:
        int64 (L, M); 0 for a label without weights.

    Raises:
        InputError: if the weights are not a matrix of finite numbers, or a share is out of range.
    """
    mass = WeightMass.of(weights)
    counts = [_counts(mass, share) for share in masses]
    return np.array(counts, dtype=np.int64).reshape(len(masses), len(mass.total)).T


def salient_neurons(weights: np.ndarray, label: int, mass: float = FIGURE_6) -> np.ndarray:
    """Find the neurons that :func:`salient_counts` counts for one label, by descending abs(theta_l).

    Args:
        weights: theta, (L, D) floats.
        label: from 0.
        mass: the share, above 0 and up to 1.

    Returns:
        int64 (n,).

    Raises:
        InputError: if there is no such label, or as for :func:`salient_counts`.
    """
    if not 0 <= label < len(weights):
        raise InputError(f"There is no label {label}: the probe has labels 0 to {len(weights) - 1}.")
    row = WeightMass.of(weights[label : label + 1])
    return row.order[0, : _counts(row, mass)[0]]


def _counts(mass: WeightMass, share: float) -> np.ndarray:
    """int64 (L,)."""
    if not 0 < share <= 1:
        raise InputError(f"mass={share}: it is a share of the weight mass, above 0 and up to 1.")
    weighted = mass.weights > 0
    # The whole mass includes every weight, even one too small to change the sum.
    taken = weighted if share == 1 else weighted & (mass.before < share * mass.total[:, None])
    return taken.sum(axis=1).astype(np.int64)
