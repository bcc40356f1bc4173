"""Pearson correlations between the columns of arrays that arrive in blocks of rows, in constant memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class CrossMoments:
    """Means, sums of squares and cross products of one array's columns with those of others.

    Every block is centred by its own mean and merged with what came before (Chan, Golub & LeVeque 1983, "Algorithms
    for computing the sample variance"): no difference of large sums, so offsets cost no digits. Only the product of
    the centred blocks, the one expensive step, is in float32, scaled to about 1 so that tiny variances survive.
    """

    def __init__(self) -> None:
        self.rows = 0
        self._scales: list[np.ndarray] = []
        self._means: list[np.ndarray] = []
        self._squares: list[np.ndarray] = []
        self._products: list[np.ndarray] = []

    def add(self, target: np.ndarray, others: Sequence[np.ndarray]) -> None:
        """Add a block of the same rows of every array.

        Args:
            target: (rows, D) floats.
            others: each (rows, D'), any number of columns, the same number of arrays at every call.
        """
        rows = len(target)
        means, centred = [], []
        for array in (target, *others):
            wide = array.astype(np.float64)
            mean = wide.mean(axis=0)
            wide -= mean
            means.append(mean)
            centred.append(wide)
        if self.rows == 0:
            self._start(centred)
        squares = [np.einsum("ij,ij->j", wide, wide) for wide in centred]
        scaled = [(wide * scale).astype(np.float32) for wide, scale in zip(centred, self._scales, strict=True)]
        products = [scaled[0].T @ other for other in scaled[1:]]
        self._merge(rows, means, squares, products)

    def correlations(self) -> list[np.ndarray]:
        """Pearson's rho of every target column with every column of each other array.

        Returns:
            One float64 (D, D') an array; nan where a column is constant.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            norms = [np.sqrt(squares) * scale for squares, scale in zip(self._squares, self._scales, strict=True)]
            return [
                np.clip(product / norms[0][:, None] / norm, -1, 1)
                for product, norm in zip(self._products, norms[1:], strict=True)
            ]

    def constant(self) -> list[np.ndarray]:
        """Which columns never changed: a boolean (D,) for the target and each other array."""
        return [squares == 0 for squares in self._squares]

    def _start(self, centred: Sequence[np.ndarray]) -> None:
        for wide in centred:
            spread = np.abs(wide).max(axis=0)
            # A power of two changes no digit; constant columns of the first block keep 1.
            self._scales.append(np.exp2(-np.round(np.log2(np.where(spread > 0, spread, 1.0)))))
            self._means.append(np.zeros(wide.shape[1]))
            self._squares.append(np.zeros(wide.shape[1]))
        self._products = [np.zeros((centred[0].shape[1], wide.shape[1])) for wide in centred[1:]]

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
        target_shift = weight * shifts[0] * self._scales[0]
        for product, new, shift, scale in zip(self._products, products, shifts[1:], self._scales[1:], strict=True):
            product += new
            if weight:
                product += np.outer(target_shift, shift * scale)
        self.rows = total
