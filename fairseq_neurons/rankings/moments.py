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
        rows, blocks = len(target), [_Centred(array) for array in (target, *others)]
        if self.rows == 0:
            self._means = [block.mean for block in blocks]
            self._squares = [np.zeros_like(block.mean) for block in blocks]
            self._products = [np.zeros((len(blocks[0].mean), len(block.mean))) for block in blocks[1:]]
        weight = self.rows * rows / (self.rows + rows)
        shifts = [block.mean - mean for block, mean in zip(blocks, self._means, strict=True)]
        for i, (block, shift) in enumerate(zip(blocks, shifts, strict=True)):
            self._squares[i] += block.squares + weight * shift**2
            self._means[i] = self._means[i] + shift * (rows / (self.rows + rows))
        for product, block, shift in zip(self._products, blocks[1:], shifts[1:], strict=True):
            product += blocks[0].product(block)
            left = np.stack([weight * shifts[0], -rows * blocks[0].rest])
            product += left.T @ np.stack([shift, block.rest])
        self.rows += rows

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


class _Centred:
    """A block of rows, its columns centred but for a ``rest``, and scaled to about 1, in float32."""

    def __init__(self, array: np.ndarray) -> None:
        wide = array if array.dtype == np.float64 else array.astype(np.float32, copy=False)
        self.mean = wide.mean(axis=0, dtype=np.float64)
        # Values near their mean are subtracted without rounding; the mean itself has to be rounded first.
        shift = self.mean.astype(wide.dtype)
        centred = wide - shift
        high, low = centred.max(axis=0), centred.min(axis=0)
        centred[:, high == low] = 0  # constant, whatever the rounding of their mean
        spread = np.where(high == low, 0.0, np.maximum(high, -low)).astype(np.float64)
        # A power of two changes no digit.
        self.scale = np.exp2(-np.round(np.log2(np.where(spread > 0, spread, 1.0))))
        centred *= self.scale.astype(wide.dtype)
        self.scaled = centred.astype(np.float32, copy=False)
        self.rest = np.where(high == low, 0.0, self.mean - shift)
        self.squares = _sum_of_squares(self.scaled) / self.scale**2 - len(array) * self.rest**2

    def product(self, other: _Centred) -> np.ndarray:
        """Cross products of the columns, float64 (D, D'), the rests not yet taken off."""
        product = np.multiply(self.scaled.T @ other.scaled, (1 / self.scale)[:, None], dtype=np.float64)
        product *= 1 / other.scale
        return product


def _sum_of_squares(values: np.ndarray) -> np.ndarray:
    """Of every column, float64: float32 within 64 rows, so that rounding errors stay below 1e-6 of the sum."""
    total = np.zeros(values.shape[1])
    for start in range(0, len(values), 64):
        chunk = values[start : start + 64]
        total += np.einsum("ij,ij->j", chunk, chunk)
    return total
