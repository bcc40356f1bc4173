"""Sums of columns and of their products, of arrays that arrive in blocks of rows, in constant memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

# The mean of one row in EVERY is within sqrt(EVERY - 1) standard deviations of the mean of all.
EVERY = 8
# Rows of which float32 adds up squares and products, one after the other. Neurons of two values repeat few numbers, and
# the rounding of equal summands does not average out: after 300 rows it would be 4e-6 of the sum, after CHUNK 6e-7.
CHUNK = 32
# Rows of which sums of CHUNK rows are added up in float32.
ROWS = 1024
# With fewer columns than that, matrix products may add up rows in other ways, and float64 costs nothing.
FEW = 64
# Sums of squares that float32 holds with all its digits, and so do products of such columns.
LEAST, MOST = 2.0**-60, 2.0**60
# Corrections of so many blocks are added to a product at once.
PENDING = 16


@dataclass(frozen=True)
class Shifted:
    """A block of rows, its columns shifted to about 0 and scaled by a power of two.

    Args:
        values: (rows, D) floats, (block - ``shift``) * ``scale``.
        shift: float64 (D,).
        scale: float64 (D,).
        sums: float64 (D,), of the values.
        squares: float64 (D,), sums of the squared values.
    """

    values: np.ndarray
    shift: np.ndarray
    scale: np.ndarray
    sums: np.ndarray
    squares: np.ndarray


class Columns:
    """Prepares the blocks of one array for :class:`Moments`.

    A block is shifted by the mean of one row in ``EVERY``, near enough to its own mean for a product to lose no digits
    to an offset. Scales stay 1 unless squares would leave the range of float32. The values are in one of two arrays by
    turns, as new memory costs more than the work in it: they hold until the next block but one is prepared.

    Args:
        dtype: of the prepared values; products are as precise.
    """

    def __init__(self, dtype: type[np.floating]) -> None:
        self._dtype = dtype
        self._scale = np.ones(0)
        self._changing = np.zeros(0, dtype=bool)
        self._memory: list[np.ndarray] = []
        self._wide = np.zeros((0, 0), dtype)

    def shifted(self, block: np.ndarray) -> Shifted:
        """Prepare the next block, (rows, D) floats, at least one row.

        Raises:
            ValueError: if a value is not a finite number.
        """
        wide = self._converted(block)
        if not len(self._scale):
            self._scale, self._changing = np.ones(wide.shape[1]), np.zeros(wide.shape[1], dtype=bool)
        with np.errstate(all="ignore"):
            # A column that never changes is shifted by its very value: nothing at all is left of it.
            shift = wide[0] + (wide[::EVERY] - wide[0]).mean(axis=0)
            memory = self._take(wide.shape)
            shifted = self._sum(wide, shift, memory)
            # What is tiny beside earlier blocks may vanish; only what has been constant so far must not.
            wrong = ~(shifted.squares < MOST) | (~self._changing & (shifted.squares < LEAST))
            if wrong.any() and self._rescale(wide, shift, wrong):
                shifted = self._sum(wide, shift, memory)
        self._changing |= shifted.squares > 0
        return shifted

    def _converted(self, block: np.ndarray) -> np.ndarray:
        if block.dtype == self._dtype:
            return block
        if len(self._wide) < len(block):
            self._wide = np.empty(block.shape, self._dtype)
        wide = self._wide[: len(block)]
        # numpy converts float16 fifteen times slower.
        torch.from_numpy(wide).copy_(torch.from_numpy(np.require(block, requirements="W")))
        return wide

    def _take(self, shape: tuple[int, ...]) -> np.ndarray:
        """The array that has not been used for the longest time, or a part of it."""
        if len(self._memory) < 2 or len(self._memory[0]) < shape[0]:
            self._memory = [*self._memory[-1:], np.empty(shape, self._dtype)]
        else:
            self._memory.reverse()
        return self._memory[-1][: shape[0]]

    def _sum(self, wide: np.ndarray, shift: np.ndarray, values: np.ndarray) -> Shifted:
        scale = self._scale.astype(self._dtype)
        sums, squares = np.zeros(len(shift)), np.zeros(len(shift))
        scaled = (scale != 1).any()
        for start in range(0, len(wide), CHUNK):
            chunk = values[start : start + CHUNK]
            np.subtract(wide[start : start + CHUNK], shift, out=chunk)
            if scaled:
                chunk *= scale
            sums += chunk.sum(axis=0)
            squares += np.einsum("ij,ij->j", chunk, chunk)
        return Shifted(values, shift.astype(np.float64), self._scale, sums, squares)

    def _rescale(self, wide: np.ndarray, shift: np.ndarray, columns: np.ndarray) -> bool:
        """Scale these columns, a boolean (D,), to about 1; whether any needs it."""
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
    """Means and variances of the columns of n arrays, and covariances of the columns of some pairs of arrays.

    Sums are float64, about the shift of an array's first block: as the mean of some of the rows it is at most
    sqrt(all rows / those rows) standard deviations from the mean of all, so that no difference of large sums costs
    digits (the shifted algorithm of Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance").
    Products of blocks, the one expensive step, are as precise as the blocks, and shifted by each block's own mean, or
    nearly: with float32 ones, correlations are within 1e-6.

    Args:
        pairs: which arrays' products are wanted, by index; an array may be paired with itself.
    """

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        self.rows = 0
        self._products: dict[tuple[int, int], np.ndarray] = dict.fromkeys(pairs, np.zeros(()))
        self._origins: list[np.ndarray] = []
        self._scales: list[np.ndarray] = []
        self._sums: list[np.ndarray] = []
        self._squares: list[np.ndarray] = []
        self._pending: list[tuple[int, list[np.ndarray], list[np.ndarray]]] = []

    def add(self, blocks: Sequence[Shifted]) -> None:
        """Add the same rows of every array; the arrays come in the same order at every call."""
        if not self.rows:
            self._begin(blocks)
        self._adopt_scales([block.scale for block in blocks])
        rows = len(blocks[0].values)
        offsets = [(b.shift - origin) * b.scale for b, origin in zip(blocks, self._origins, strict=True)]
        for i, (block, offset) in enumerate(zip(blocks, offsets, strict=True)):
            self._sums[i] += block.sums + rows * offset
            self._squares[i] += block.squares + 2 * offset * block.sums + rows * offset**2
        for (i, j), product in self._products.items():
            _add_product(product, blocks[i].values, blocks[j].values)
        self._pending.append((rows, [block.sums for block in blocks], offsets))
        if len(self._pending) == PENDING:
            self._correct()
        self.rows += rows

    def mean(self, i: int) -> np.ndarray:
        """Of array i's columns, float64 (D,)."""
        return self._origins[i] + self._sums[i] / self.rows / self._scales[i]

    def variance(self, i: int) -> np.ndarray:
        """Of array i's columns, float64 (D,): the mean squared distance from the mean; 0 for constant columns."""
        return self._scatter(i) / self.rows / self._scales[i] ** 2

    def constant(self, i: int) -> np.ndarray:
        """Which of array i's columns never changed: a boolean (D,)."""
        return self._scatter(i) == 0

    def covariance(self, i: int, j: int) -> np.ndarray:
        """Of array i's columns with array j's, float64 (D, D'); the pair must be one of those wanted."""
        return self._cross(i, j) / self.rows / self._scales[i][:, None] / self._scales[j]

    def correlation(self, i: int, j: int) -> np.ndarray:
        """Pearson's rho, float64 (D, D'), likewise; nan where a column is constant."""
        left, right = np.sqrt(self._scatter(i)), np.sqrt(self._scatter(j))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(self._cross(i, j) / left[:, None] / right, -1, 1)

    def _begin(self, blocks: Sequence[Shifted]) -> None:
        self._origins = [block.shift for block in blocks]
        self._scales = [block.scale for block in blocks]
        self._sums = [np.zeros_like(block.shift) for block in blocks]
        self._squares = [np.zeros_like(block.shift) for block in blocks]
        self._products = {(i, j): np.zeros((len(self._sums[i]), len(self._sums[j]))) for i, j in self._products}

    def _adopt_scales(self, scales: list[np.ndarray]) -> None:
        """Bring all sums to the scales of a new block."""
        if all(new is old for new, old in zip(scales, self._scales, strict=True)):
            return
        self._correct()
        factors = [new / old for new, old in zip(scales, self._scales, strict=True)]
        for i, factor in enumerate(factors):
            self._sums[i] *= factor
            self._squares[i] *= factor**2
        for (i, j), product in self._products.items():
            product *= factors[i][:, None] * factors[j]
        self._scales = scales

    def _correct(self) -> None:
        """Bring the products of pending blocks from the blocks' shifts to the origins, all in one product."""
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
        """Sums of squared distances from the mean, scaled."""
        return np.maximum(self._squares[i] - self._sums[i] ** 2 / self.rows, 0)

    def _cross(self, i: int, j: int) -> np.ndarray:
        self._correct()
        return self._products[i, j] - np.outer(self._sums[i], self._sums[j] / self.rows)


def _add_product(total: np.ndarray, left: np.ndarray, right: np.ndarray) -> None:
    """Add left' right, of (rows, D) and (rows, D'), to float64 (D, D')."""
    if left.dtype == np.float64 or min(total.shape) < FEW:
        total += left.T.astype(np.float64, copy=False) @ right.astype(np.float64, copy=False)
        return
    a, b, sums = torch.from_numpy(left), torch.from_numpy(right), torch.from_numpy(total)
    partial = torch.empty(sums.shape, dtype=torch.float32)
    for start in range(0, len(a), ROWS):
        for rows in range(start, min(start + ROWS, len(a)), CHUNK):
            partial.addmm_(a[rows : rows + CHUNK].T, b[rows : rows + CHUNK], beta=float(rows > start))
        sums += partial
