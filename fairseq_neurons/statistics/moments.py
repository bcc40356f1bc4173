"""Streaming means, variances and covariances of arrays read in blocks of rows, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

# A block is shifted by the mean of every 8th row, which is within sqrt(STRIDE - 1) standard deviations of its mean.
STRIDE = 8
# Number of rows whose squares and products are summed in float32. The rounding errors of equal summands, as in neurons
# with two values, do not average out: after 300 rows they reach 4e-6 of the sum, after CHUNK rows 6e-7.
CHUNK = 32
# Number of rows whose sums over CHUNK rows are summed in float32.
ROWS = 1024
# With fewer columns, matrix products may sum rows in a different order, and float64 is as fast.
FEW = 64
# Sums of squares in this range, and products of such columns, keep full float32 precision.
LEAST, MOST = 2.0**-60, 2.0**60
# Number of blocks whose corrections are added to a product at once.
PENDING = 16


@dataclass(frozen=True)
class Shifted:
    """A block of rows whose columns are shifted to a mean of about 0 and scaled by a power of two.

    Args:
        values: (rows, D) floats, (block - ``shift``) * ``scale``.
        shift: float64 (D,).
        scale: float64 (D,).
        sums: float64 (D,), sums of the values.
        square_sums: float64 (D,), sums of the squared values.
    """

    values: np.ndarray
    shift: np.ndarray
    scale: np.ndarray
    sums: np.ndarray
    square_sums: np.ndarray


class Columns:
    """Shift and scale the blocks of one array for :class:`Moments`.

    A block is shifted by the mean of every ``STRIDE``-th row, which is close enough to its mean to avoid cancellation
    in products. Scales are 1 unless squares would leave the range of float32. Two buffers are used in turn, because
    allocation would take longer than the computation: the values of a block are valid until the next block but one.

    Args:
        dtype: dtype of the shifted values, and precision of their products.
    """

    def __init__(self, dtype: type[np.floating]) -> None:
        self._dtype = dtype
        self._scale = np.ones(0)
        self._changing = np.zeros(0, dtype=bool)
        self._memory: list[np.ndarray] = []
        self._wide = np.zeros((0, 0), dtype)

    def shifted(self, block: np.ndarray) -> Shifted:
        """Shift the next block, (rows, D) floats with at least one row.

        Raises:
            ValueError: if a value is not finite.
        """
        wide = self._converted(block)
        if not len(self._scale):
            self._scale, self._changing = np.ones(wide.shape[1]), np.zeros(wide.shape[1], dtype=bool)
        with np.errstate(all="ignore"):
            # A constant column is shifted by its exact value and becomes exactly 0.
            shift = wide[0] + (wide[::STRIDE] - wide[0]).mean(axis=0)
            memory = self._take(wide.shape)
            shifted = self._sum(wide, shift, memory)
            # Values that are tiny compared to earlier blocks may underflow, but not those of columns constant so far.
            out_of_range = ~(shifted.square_sums < MOST) | (~self._changing & (shifted.square_sums < LEAST))
            if out_of_range.any() and self._rescale(wide, shift, out_of_range):
                shifted = self._sum(wide, shift, memory)
        self._changing |= shifted.square_sums > 0
        return shifted

    def _converted(self, block: np.ndarray) -> np.ndarray:
        if block.dtype == self._dtype:
            return block
        if len(self._wide) < len(block):
            self._wide = np.empty(block.shape, self._dtype)
        wide = self._wide[: len(block)]
        # numpy is 15 times slower at converting float16.
        torch.from_numpy(wide).copy_(torch.from_numpy(np.require(block, requirements="W")))
        return wide

    def _take(self, shape: tuple[int, ...]) -> np.ndarray:
        """The least recently used buffer, or a part of it."""
        if len(self._memory) < 2 or len(self._memory[0]) < shape[0]:
            self._memory = [*self._memory[-1:], np.empty(shape, self._dtype)]
        else:
            self._memory.reverse()
        return self._memory[-1][: shape[0]]

    def _sum(self, wide: np.ndarray, shift: np.ndarray, values: np.ndarray) -> Shifted:
        scale = self._scale.astype(self._dtype)
        sums, square_sums = np.zeros(len(shift)), np.zeros(len(shift))
        scaled = (scale != 1).any()
        for start in range(0, len(wide), CHUNK):
            chunk = values[start : start + CHUNK]
            np.subtract(wide[start : start + CHUNK], shift, out=chunk)
            if scaled:
                chunk *= scale
            sums += chunk.sum(axis=0)
            square_sums += np.einsum("ij,ij->j", chunk, chunk)
        return Shifted(values, shift.astype(np.float64), self._scale, sums, square_sums)

    def _rescale(self, wide: np.ndarray, shift: np.ndarray, columns: np.ndarray) -> bool:
        """Scale the given columns, bool (D,), to values of about 1; return whether any of them varies."""
        spread = np.abs(wide[:, columns] - shift[columns]).max(axis=0).astype(np.float64)
        if not np.isfinite(spread).all():
            raise ValueError("not a finite number")
        if not spread.any():
            return False
        exponents = np.clip(-np.round(np.log2(np.where(spread > 0, spread, 1.0))), -100, 100)
        self._scale = self._scale.copy()
        self._scale[columns] = np.exp2(exponents)
        return True


class Moments:
    """Means and variances of the columns of n arrays, and covariances between the columns of pairs of arrays.

    Sums are float64 and relative to the shift of an array's first block. As a mean over some of the rows, this shift
    lies within sqrt(number of all rows / number of these rows) standard deviations of the overall mean, which avoids
    cancellation (the shifted algorithm of Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance").
    Products of blocks, the expensive step, have the precision of the blocks and are relative to each block's own shift:
    in float32, correlations are accurate to 1e-6.

    Args:
        pairs: pairs of array indices whose products are needed; an array may be paired with itself.
    """

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self.rows = 0
        self._products: dict[tuple[int, int], np.ndarray] = dict.fromkeys(pairs, np.zeros(()))
        self._origins: list[np.ndarray] = []
        self._scales: list[np.ndarray] = []
        self._sums: list[np.ndarray] = []
        self._square_sums: list[np.ndarray] = []
        self._pending: list[tuple[int, list[np.ndarray], list[np.ndarray]]] = []

    def add(self, blocks: Sequence[Shifted]) -> None:
        """Add a block of the same rows of every array, with the arrays in the same order in every call."""
        if not self.rows:
            self._begin(blocks)
        self._adopt_scales([block.scale for block in blocks])
        rows = len(blocks[0].values)
        offsets = [(b.shift - origin) * b.scale for b, origin in zip(blocks, self._origins, strict=True)]
        for i, (block, offset) in enumerate(zip(blocks, offsets, strict=True)):
            self._sums[i] += block.sums + rows * offset
            self._square_sums[i] += block.square_sums + 2 * offset * block.sums + rows * offset**2
        for (i, j), product in self._products.items():
            _add_product(product, blocks[i].values, blocks[j].values)
        self._pending.append((rows, [block.sums for block in blocks], offsets))
        if len(self._pending) == PENDING:
            self._correct()
        self.rows += rows

    def mean(self, i: int) -> np.ndarray:
        """Means of the columns of array i, float64 (D,)."""
        return self._origins[i] + self._sums[i] / self.rows / self._scales[i]

    def variance(self, i: int) -> np.ndarray:
        """Variances (divisor N) of the columns of array i, float64 (D,); 0 for constant columns."""
        return self._scatter(i) / self.rows / self._scales[i] ** 2

    def constant(self, i: int) -> np.ndarray:
        """Which columns of array i are constant, bool (D,)."""
        return self._scatter(i) == 0

    def covariance(self, i: int, j: int) -> np.ndarray:
        """Covariances between the columns of arrays i and j, float64 (D, D'); (i, j) must be one of the pairs."""
        return self._cross(i, j) / self.rows / self._scales[i][:, None] / self._scales[j]

    def correlation(self, i: int, j: int) -> np.ndarray:
        """Pearson correlations between the columns of arrays i and j, float64 (D, D'); NaN for constant columns."""
        left, right = np.sqrt(self._scatter(i)), np.sqrt(self._scatter(j))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(self._cross(i, j) / left[:, None] / right, -1, 1)

    def _begin(self, blocks: Sequence[Shifted]) -> None:
        self._origins = [block.shift for block in blocks]
        self._scales = [block.scale for block in blocks]
        self._sums = [np.zeros_like(block.shift) for block in blocks]
        self._square_sums = [np.zeros_like(block.shift) for block in blocks]
        self._products = {(i, j): np.zeros((len(self._sums[i]), len(self._sums[j]))) for i, j in self._products}

    def _adopt_scales(self, scales: list[np.ndarray]) -> None:
        """Rescale all sums to the scales of a new block."""
        if all(new is old for new, old in zip(scales, self._scales, strict=True)):
            return
        self._correct()
        factors = [new / old for new, old in zip(scales, self._scales, strict=True)]
        for i, factor in enumerate(factors):
            self._sums[i] *= factor
            self._square_sums[i] *= factor**2
        for (i, j), product in self._products.items():
            product *= factors[i][:, None] * factors[j]
        self._scales = scales

    def _correct(self) -> None:
        """Shift the products of all pending blocks to the origins, in a single matrix product."""
        if not self._pending:
            return
        arrays = range(len(self._origins))
        sums = [np.stack([block[i] for _, block, _ in self._pending]) for i in arrays]
        offsets = [np.stack([block[i] for _, _, block in self._pending]) for i in arrays]
        rows = np.array([[rows] for rows, _, _ in self._pending])
        for (i, j), product in self._products.items():
            product += np.vstack([offsets[i], sums[i] + rows * offsets[i]]).T @ np.vstack([sums[j], offsets[j]])
        self._pending = []

    def _scatter(self, i: int) -> np.ndarray:
        """Sums of squared deviations from the mean, scaled."""
        return np.maximum(self._square_sums[i] - self._sums[i] ** 2 / self.rows, 0)

    def _cross(self, i: int, j: int) -> np.ndarray:
        self._correct()
        return self._products[i, j] - np.outer(self._sums[i], self._sums[j] / self.rows)


def _add_product(total: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    """Add left' right, of shapes (rows, D) and (rows, D'), to ``total``, float64 (D, D')."""
    if left.dtype == np.float64 or min(total.shape) < FEW:
        total += left.T.astype(np.float64, copy=False) @ right.astype(np.float64, copy=False)
        return
    a, b, sums = torch.from_numpy(left), torch.from_numpy(right), torch.from_numpy(total)
    partial = torch.empty(sums.shape, dtype=torch.float32)
    for start in range(0, len(a), ROWS):
        for rows in range(start, min(start + ROWS, len(a)), CHUNK):
            partial.addmm_(a[rows : rows + CHUNK].T, b[rows : rows + CHUNK], beta=float(rows > start))
        sums += partial
