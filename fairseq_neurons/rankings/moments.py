"""Pearson correlations between the columns of arrays that arrive in blocks of rows, in constant memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class CrossMoments:
    """Means, sums of squares and cross products of one array's columns with those of others.

    Every block is centred by its own mean and merged with what came before (Chan, Golub & LeVeque 1983, "Algorithms
    for computing the sample variance"): no difference of large sums, so offsets cost no digits. Only the product of
    the centred blocks, the one expensive step, is in float32, on columns scaled to about 1 so that tiny variances
    survive.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._means: list[np.ndarray] = []
        self._squares: list[np.ndarray] = []
        self._products: list[np.ndarray] = []

    def add(self, target: np.ndarray, others: Sequence[np.ndarray]) -> None:
        """Add a block of the same rows of every array.

        Args:
            target: (rows, D) floats.
            others: each (rows, D'), any number of columns, the same arrays in the same order at every call.
        """
        means, squares, scaled, scales = zip(*(_centred(array) for array in (target, *others)), strict=True)
        products = [
            (scaled[0].T @ other) / scales[0][:, None] / scale
            for other, scale in zip(scaled[1:], scales[1:], strict=True)
        ]
        if self.rows == 0:
            self.rows, self._means, self._squares, self._products = len(target), [*means], [*squares], products
        else:
            self._merge(len(target), means, squares, products)

    def correlations(self) -> list[np.ndarray]:
        """Pearson's rho of every target column with every column of each other array.

        Returns:
            One float64 (D, D') an array; nan where a column is constant.
        """
        norms = [np.sqrt(squares) for squares in self._squares]
        with np.errstate(divide="ignore", invalid="ignore"):
            return [
                np.clip(product / norms[0][:, None] / norm, -1, 1)
                for product, norm in zip(self._products, norms[1:], strict=True)
            ]

    def constant(self) -> list[np.ndarray]:
        """Which columns never changed: a boolean (D,) for the target and each other array."""
        return [squares == 0 for squares in self._squares]

    def _merge(
        self,
        rows: int,
        means: Sequence[np.ndarray],
        squares: Sequence[np.ndarray],
        products: Sequence[np.ndarray],
    ) -> None:
        total = self.rows + rows
        weight = self.rows * rows / total
        shifts = [new - old for new, old in zip(means, self._means, strict=True)]
        for i, shift in enumerate(shifts):
            self._squares[i] += squares[i] + weight * shift**2
            self._means[i] += shift * (rows / total)
        for i, shift in enumerate(shifts[1:]):
            self._products[i] += products[i]
            self._products[i] += np.outer(weight * shifts[0], shift)
        self.rows = total


def _centred(array: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Mean and sum of squares in float64, centred columns times a scale in float32, and the scale; each (D,)."""
    wide = array.astype(np.float64)
    mean = wide.mean(axis=0)
    # A mean is rounded: a constant column must come out as exactly zero.
    constant = (array == array[0]).all(axis=0)
    mean[constant] = array[0, constant]
    wide -= mean
    spread = np.abs(wide).max(axis=0)
    # A power of two changes no digit.
    scale = np.exp2(-np.round(np.log2(np.where(spread > 0, spread, 1.0))))
    return mean, np.einsum("ij,ij->j", wide, wide), (wide * scale).astype(np.float32), scale
