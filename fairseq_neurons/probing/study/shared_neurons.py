"""Neurons that several labels share, within a task and across two (Dalvi et al. 2019, "Shared Neurons")."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.algorithm1 import WeightMass

# Pairs of labels are listed if they share at least this multiple of the number expected by chance.
ABOVE_CHANCE = 2
MOST_PAIRS = 20


@dataclass(frozen=True)
class Shared:
    """How many top neurons the labels of one probe share with those of another, or with each other.

    Args:
        counts: int64 (A, B), number of neurons in both tops.
        expected: float64 (A, B), the number expected by chance: the product of the tops' sizes divided by D.
    """

    counts: np.ndarray
    expected: np.ndarray


def in_top(weights: np.ndarray, k: int) -> np.ndarray:
    """Find each label's top neurons: the ``k`` with the largest abs(theta_l), ties broken by index.

    A neuron with zero weight is in no top, so a label with fewer than ``k`` nonzero weights has a smaller top.

    Args:
        weights: theta, (L, D) floats.
        k: number of neurons, 1 to D.

    Returns:
        bool (L, D).

    Raises:
        InputError: if the weights are not a matrix of finite numbers, or ``k`` is out of range.
    """
    mass = WeightMass.of(weights)
    labels, neurons = mass.order.shape
    if not 1 <= k <= neurons:
        raise InputError(f"k={k}: give a number from 1 to {neurons}, the number of the probe's neurons.")
    chosen = np.zeros((labels, neurons), dtype=bool)
    np.put_along_axis(chosen, mass.order[:, :k], mass.weights[:, :k] > 0, axis=1)
    return chosen


def shared(weights: np.ndarray, k: int, other: np.ndarray | None = None) -> Shared:
    """Count the neurons that each pair of labels shares in its tops.

    Args:
        weights: theta of one probe, (A, D) floats.
        k: number of neurons in a top, see :func:`in_top`.
        other: theta of a probe for another task on the same neurons, (B, D). If None, the labels of one probe are
            compared, and the diagonal has the tops' sizes.

    Raises:
        InputError: if the probes have different numbers of neurons, or as for :func:`in_top`.
    """
    ours = in_top(weights, k)
    theirs = ours if other is None else in_top(other, k)
    _check_same_width(ours, theirs)
    # float64 uses BLAS and represents counts exactly.
    counts = ours.astype(np.float64) @ theirs.T.astype(np.float64)
    expected = np.outer(ours.sum(axis=1), theirs.sum(axis=1)) / ours.shape[1]
    return Shared(counts.astype(np.int64), expected)


def shared_neurons(a: np.ndarray, b: np.ndarray, k: int) -> np.ndarray:
    """Find the neurons in the tops of two labels, sorted, int64 (n,).

    Args:
        a: theta_l of one label, (D,) floats.
        b: theta_l of another label, of any task on the same neurons, (D,).
        k: number of neurons in a top, see :func:`in_top`.

    Raises:
        InputError: as for :func:`shared`.
    """
    ours, theirs = in_top(np.atleast_2d(a), k), in_top(np.atleast_2d(b), k)
    _check_same_width(ours, theirs)
    return np.flatnonzero(ours[0] & theirs[0])


def strongest_pairs(found: Shared, within: bool) -> list[tuple[int, int]]:
    """Find the pairs of labels that share far more neurons than expected by chance, largest surplus first; at most 20.

    Args:
        found: the numbers of shared neurons.
        within: whether all labels are of one probe; then each pair is listed once, and no label with itself.
    """
    surplus = found.counts - found.expected
    strong = strongly_shared(found.counts, found.expected)
    if within:
        strong = np.triu(strong, k=1)
    rows, columns = np.nonzero(strong)
    order = np.argsort(-surplus[rows, columns], kind="stable")[:MOST_PAIRS]
    return list(zip(rows[order].tolist(), columns[order].tolist(), strict=True))


def strongly_shared(counts: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Find the pairs of labels that share at least twice as many neurons as expected by chance, bool (A, B)."""
    return (counts > 0) & (counts >= ABOVE_CHANCE * expected)


def most_shared(weights: np.ndarray, k: int, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Find the neurons in the tops of several labels.

    Args:
        weights: theta, (L, D) floats.
        k: number of neurons in a top, see :func:`in_top`.
        least: minimum number of tops.

    Returns:
        The neurons, int64 (n,), by descending number of labels, then by index, and these numbers, int64 (n,).

    Raises:
        InputError: as for :func:`in_top`.
    """
    labels = in_top(weights, k).sum(axis=0)  # (D,)
    order = np.argsort(-labels, kind="stable")
    neurons = order[labels[order] >= least]
    return neurons.astype(np.int64), labels[neurons].astype(np.int64)


def _check_same_width(a: np.ndarray, b: np.ndarray) -> None:
    if a.shape[1] != b.shape[1]:
        raise InputError(f"The probes have {a.shape[1]} and {b.shape[1]} neurons; they must have the same ones.")
