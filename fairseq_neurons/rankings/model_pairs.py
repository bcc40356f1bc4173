"""How much a model's neurons have of one other model, in every way that cross-model rankings know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.statistics.moments import Moments

# As shares of the largest: directions of a model with less variance than that are rounding errors.
LEAST_VARIANCE = 1e-10
# What SVCCA keeps of a model's variance.
KEPT = 0.99


@dataclass(frozen=True)
class PairMethod:
    """A score of the target's neurons by one other model, and what becomes of the scores by several.

    Args:
        score: from moments of the target, array 0, and of others, the score by one of those; float64 (D,), 0 for
            neurons that never change. The last argument is ``absolute``.
        merge: of two models' scores, ``np.maximum`` or ``np.minimum``.
        pairs: the products it needs for other model i, by index.
        dtype: of the products.
        signed: whether there is a sign that ``absolute`` takes away.
        fits: whether it fits the words, and so needs more of them than there are neurons.
    """

    score: Callable[[Moments, int, bool], np.ndarray]
    merge: np.ufunc
    pairs: Callable[[int], list[tuple[int, int]]]
    dtype: type[np.floating] = np.float64
    signed: bool = False
    fits: bool = True


def best_match(moments: Moments, other: int, absolute: bool) -> np.ndarray:
    """The largest Pearson correlation, or abs of it, with any neuron of the other model that changes."""
    rho = moments.correlation(0, other)[:, ~moments.constant(other)]
    if not rho.shape[1]:
        return np.zeros(len(rho))
    return np.nan_to_num((np.abs(rho) if absolute else rho).max(axis=1), nan=0.0)


def r_squared(moments: Moments, other: int, absolute: bool = False) -> np.ndarray:
    """The share of a neuron's variance that least squares finds from all neurons of the other model.

    R^2 = sum over k of (c . v_k)^2 / l_k, where c are the neuron's correlations with the others, and v_k and l_k are
    the eigenvectors and eigenvalues of the others' correlations with each other (Bau et al. 2019, "Identifying and
    Controlling Important Neurons in Neural Machine Translation", Section 3.2, LinReg). Directions with less than
    ``LEAST_VARIANCE`` of the largest variance do not count: of neurons that repeat each other one is enough.
    """
    changing = ~moments.constant(other)
    correlations = np.nan_to_num(moments.correlation(0, other)[:, changing], nan=0.0)
    among = moments.correlation(other, other)[np.ix_(changing, changing)]
    variances, directions = _principal(among)
    return np.clip(((correlations @ directions) ** 2 / variances).sum(axis=1), 0, 1)


def canonical_share(moments: Moments, other: int, absolute: bool = False) -> np.ndarray:
    """The share of a neuron's variance in the directions both models have, each counted with how much they agree.

    SVCCA (Raghu et al. 2017; Bau et al. 2019, Section 3.2): of each model the fewest principal components with 99 % of
    its variance, and between those the canonical correlations rho_1 >= rho_2 >= ... of the canonical directions
    a_1, a_2, ... of the target. SVCCA ranks directions; a neuron x scores sum over i of rho_i corr(x, a_i)^2, which is
    1 if it lies in directions that the other model has, too, and 0 if what it says cannot be found there.
    """
    ours, theirs = _components(moments, 0), _components(moments, other)
    # Directions are scaled to variance 1: their covariances are correlations.
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
    """Principal components that hold ``KEPT`` of a model's variance, (D, k), scaled to variance 1."""
    variances, directions = _principal(moments.covariance(i, i))
    share = np.cumsum(variances) / max(float(variances.sum()), np.finfo(np.float64).tiny)
    count = int(np.searchsorted(share, KEPT)) + 1
    return directions[:, :count] / np.sqrt(variances[:count])


def _principal(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues above rounding, (k,), largest first, and their eigenvectors, (D, k), of a symmetric matrix."""
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
