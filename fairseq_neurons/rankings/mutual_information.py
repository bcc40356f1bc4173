"""Mutual information between continuous neurons and a discrete label, estimated from nearest neighbours."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma
from sklearn.preprocessing import scale

NEIGHBOURS = 3


def without_ties(values: np.ndarray, seed: int) -> np.ndarray:
    """Scale columns to standard deviation 1 and break ties with noise of 1e-10, as in scikit-learn.

    Args:
        values: float64 (n, D), without constant columns.
        seed: of the noise.

    Returns:
        float64 (D, n), contiguous, with a row for each neuron.
    """
    scaled = scale(values, with_mean=False)
    size = 1e-10 * np.maximum(1, np.abs(scaled).mean(axis=0))
    scaled += size * np.random.RandomState(seed).standard_normal(scaled.shape)
    return np.ascontiguousarray(scaled.T)


def mutual_information(rows: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Estimate mutual information in nats; negative estimates become 0.

    The estimate is psi(n) + mean(psi(k)) - mean(psi(n_label)) - mean(psi(m)), where m is the number of words, including
    the word itself, that are nearer than its k-th nearest neighbour with the same label (Ross 2014, "Mutual Information
    between Discrete and Continuous Data Sets", equation 2). It equals
    ``sklearn.feature_selection.mutual_info_classif`` up to rounding, but sorts the values instead of building trees.

    Args:
        rows: (D, n), without ties.
        y: int64 (n,), label indices; words with a unique label are ignored.

    Returns:
        float64 (D,).
    """
    repeated = np.bincount(y)[y] > 1
    rows, y = rows[:, repeated], y[repeated]
    psi = digamma(np.arange(1, len(y) + 1))  # of 1, 2, ..., n
    ordered, total = np.sort(rows, axis=1), np.zeros(len(rows))
    for label in np.unique(y):
        own = np.sort(rows[:, y == label], axis=1)
        k = min(NEIGHBOURS, own.shape[1] - 1)
        low, high = _neighbourhood(own, k)
        total += own.shape[1] * (psi[k - 1] - psi[own.shape[1] - 1])
        for d, row in enumerate(ordered):
            near = row.searchsorted(high[d], "left") - row.searchsorted(low[d], "right")
            total[d] -= psi[near - 1].sum()
    return np.maximum(psi[-1] + total / len(y), 0.0) if len(y) else total


def _neighbourhood(own: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The open interval around each value, (D, n) ascending, that ends at its k-th nearest neighbour.

    The end is the neighbour's exact value: the value plus the distance may differ from it by a rounding error.
    """
    words = own.shape[1]
    padded = np.pad(own, ((0, 0), (k, k)), constant_values=((0, 0), (-np.inf, np.inf)))
    low, high, nearest = own, own, np.full_like(own, np.inf)
    for below in range(k + 1):
        left, right = padded[:, k - below :][:, :words], padded[:, 2 * k - below :][:, :words]
        radius = np.maximum(own - left, right - own)
        nearer = radius < nearest
        low = np.where(nearer, np.where(own - left == radius, left, own - radius), low)
        high = np.where(nearer, np.where(right - own == radius, right, own + radius), high)
        nearest = np.where(nearer, radius, nearest)
    return low, high
