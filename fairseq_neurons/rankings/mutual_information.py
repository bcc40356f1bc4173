"""Mutual information of one continuous and one discrete variable, from nearest neighbours, for many columns at once."""

from __future__ import annotations

import numpy as np
from scipy.special import digamma
from sklearn.preprocessing import scale

NEIGHBOURS = 3


def without_ties(values: np.ndarray, seed: int) -> np.ndarray:
    """Scale columns to a standard deviation of 1 and add noise of 1e-10, as scikit-learn does: no two are equal.

    Args:
        values: float64 (n, D), no column constant.
        seed: of the noise.

    Returns:
        float64 (D, n), a row for every column, contiguous.
    """
    scaled = scale(values, with_mean=False)
    size = 1e-10 * np.maximum(1, np.abs(scaled).mean(axis=0))
    scaled += size * np.random.RandomState(seed).standard_normal(scaled.shape)
    return np.ascontiguousarray(scaled.T)


def mutual_information(rows: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Estimate it in nats, negative estimates as 0.

    psi(n) + mean(psi(k)) - mean(psi(n_label)) - mean(psi(m)): m is how many words are nearer than the k-th nearest of
    the same label, the word itself among them (Ross 2014, "Mutual Information between Discrete and Continuous Data
    Sets", equation 2). It is ``sklearn.feature_selection.mutual_info_classif`` to rounding, but sorts where that
    builds trees.

    Args:
        rows: (D, n), without ties.
        y: int64 (n,); words whose label no other word has are left out.

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
        low, high = _reach(own, k)
        total += own.shape[1] * (psi[k - 1] - psi[own.shape[1] - 1])
        for d, line in enumerate(ordered):
            near = line.searchsorted(high[d], "left") - line.searchsorted(low[d], "right")
            total[d] -= psi[near - 1].sum()
    return np.maximum(psi[-1] + total / len(y), 0.0) if len(y) else total


def _reach(own: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The open interval around each value, (D, n) ascending, that ends at its k-th nearest neighbour.

    That neighbour is an end exactly: the value plus its distance may miss it by a rounding error.
    """
    words = own.shape[1]
    padded = np.pad(own, ((0, 0), (k, k)), constant_values=((0, 0), (-np.inf, np.inf)))
    low, high, nearest = own, own, np.full_like(own, np.inf)
    for below in range(k + 1):
        left, right = padded[:, k - below :][:, :words], padded[:, 2 * k - below :][:, :words]
        reach = np.maximum(own - left, right - own)
        better = reach < nearest
        low = np.where(better, np.where(own - left == reach, left, own - reach), low)
        high = np.where(better, np.where(right - own == reach, right, own + reach), high)
        nearest = np.where(better, reach, nearest)
    return low, high
