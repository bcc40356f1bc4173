"""Score a model's neurons by a single other model: the pairwise part of all cross-model methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.statistics.moments import Moments

# Relative to the largest variance: directions with less variance are rounding errors.
LEAST_VARIANCE = 1e-10
# Share of a model's variance that SVCCA keeps.
KEPT_VARIANCE = 0.99


@dataclass(frozen=True)
class PairMethod:
    """A score of the target's neurons by one other model, and how scores by several models are merged.

    Args:
        score: function of the moments of the target (array 0) and the other models, the index of the other model, and
            ``absolute``. Returns float64 (D,), 0 for constant neurons.
        merge: ``np.maximum`` or ``np.minimum``.
        pairs: function of the index of another model; returns the pairs of arrays whose products the score needs.
        dtype: dtype of the products.
        signed: whether scores have a sign, which ``absolute`` removes.
        fits: whether the method fits a model to the words, so that it needs more words than neurons.
    """

    score: Callable[[Moments, int, bool], np.ndarray]
    merge: np.ufunc
    pairs: Callable[[int], list[tuple[int, int]]]
    dtype: type[np.floating] = np.float64
    signed: bool = False
    fits: bool = True


def best_match(moments: Moments, other: int, absolute: bool) -> np.ndarray:
    """The largest Pearson correlation, or its absolute value, with any non-constant neuron of the other model."""
    rho = moments.correlation(0, other)[:, ~moments.constant(other)]
    if not rho.shape[1]:
        return np.zeros(len(rho))
    return np.nan_to_num((np.abs(rho) if absolute else rho).max(axis=1), nan=0.0)


def r_squared(moments: Moments, other: int, absolute: bool = False) -> np.ndarray:
    """R^2 of the least-squares regression of a neuron on all neurons of the other model.

    R^2 = sum over k of (c . v_k)^2 / l_k, where c is the vector of the neuron's correlations with the neurons of the
    other model, and v_k and l_k are the eigenvectors and eigenvalues of the correlation matrix of the latter (Bau et
    al. 2019, "Identifying and Controlling Important Neurons in Neural Machine Translation", Section 3.2, LinReg).
    Directions with less than ``LEAST_VARIANCE`` of the largest variance are dropped, so duplicate neurons do no harm.
    """
    changing = ~moments.constant(other)
    correlations = np.nan_to_num(moments.correlation(0, other)[:, changing], nan=0.0)
    among = moments.correlation(other, other)[np.ix_(changing, changing)]
    variances, directions = _principal(among)
    return np.clip(((correlations @ directions) ** 2 / variances).sum(axis=1), 0, 1)


def canonical_share(moments: Moments, other: int, absolute: bool = False) -> np.ndarray:
    """The share of a neuron's variance in the directions that both models share, weighted by canonical correlation.

    SVCCA (Raghu et al. 2017; Bau et al. 2019, Section 3.2) reduces each model to the fewest principal components with
    99 % of its variance and computes the canonical correlations rho_1 >= rho_2 >= ... of the target's canonical
    directions a_1, a_2, ... SVCCA ranks directions, not neurons. Here, a neuron x scores sum over i of
    rho_i corr(x, a_i)^2. The score is 1 if the other model has all directions of the neuron, and 0 if it has none.
    """
    ours, theirs = _components(moments, 0), _components(moments, other)
    # Directions have variance 1, so their covariances are correlations.
    agreement = (ours.T @ moments.covariance(0, other) @ theirs) if ours.size and theirs.size else np.zeros((0, 0))
    left, rho, _ = np.linalg.svd(agreement, full_matrices=False)
    if not rho.size:
        return np.zeros(len(ours))
    norms = np.sqrt(moments.variance(0))
    loadings = moments.covariance(0, 0) @ ours @ left
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (loadings / norms[:, None]) ** 2
    return np.clip(np.nan_to_num(shares, nan=0.0) @ np.minimum(rho, 1), 0, 1)


def _components(moments: Moments, i: int) -> np.ndarray:
    """The first principal components, with ``KEPT_VARIANCE`` of the variance, (D, k), scaled to variance 1."""
    variances, directions = _principal(moments.covariance(i, i))
    share = np.cumsum(variances) / max(float(variances.sum()), np.finfo(np.float64).tiny)
    count = int(np.searchsorted(share, KEPT_VARIANCE)) + 1
    return directions[:, :count] / np.sqrt(variances[:count])


def _principal(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numerically nonzero eigenvalues of a symmetric matrix, (k,), largest first, and their eigenvectors, (D, k)."""
    if not matrix.size:
        return np.zeros(0), np.zeros((len(matrix), 0))
    values, vectors = np.linalg.eigh(matrix)
    kept = np.flatnonzero((values > LEAST_VARIANCE * values[-1]) & (values > 0))[::-1]
    return values[kept], vectors[:, kept]


PAIRWISE: dict[str, PairMethod] = {
    "max": PairMethod(best_match, np.maximum, lambda i: [(0, i)], np.float32, signed=True, fits=False),
    "min": PairMethod(best_match, np.minimum, lambda i: [(0, i)], np.float32, signed=True, fits=False),
    "linear-regression": PairMethod(r_squared, np.minimum, lambda i: [(0, i), (i, i)]),
    "svcca": PairMethod(canonical_share, np.minimum, lambda i: [(0, 0), (0, i), (i, i)]),
}
