"""The values a probe reads: words x neurons, in blocks of rows, so that they need not fit in memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.errors import InputError

BLOCK = 4096
RESIDENT_BYTES = 256 << 20


class Design:
    """Values of neurons over words, (words, neurons), or some rows and columns of them.

    A map of a file is read block by block at every pass; what is small is kept in memory once it has been read.

    Args:
        values: (words, neurons) floats of any precision: an array, or a memory map of a dump.
        rows: int64 (N,) ascending, the words that count; all if None.
        columns: int64 (D,), the neurons that count, in this order; all if None.
        source: what the values are called in an error.

    Raises:
        InputError: if the values are not a matrix.

    Attributes:
        shape: (N, D).
        dtype: of the blocks: float64 if the values are, else float32.
        device: of the blocks: the GPU where there is one.
    """

    def __init__(
        self,
        values: np.ndarray,
        rows: np.ndarray | None = None,
        columns: np.ndarray | None = None,
        source: str = "X",
    ) -> None:
        if values.ndim != 2:
            raise InputError(f"{source} has shape {values.shape}; it must have two dimensions, words x neurons.")
        self.values, self.rows, self.columns, self.source = values, rows, columns, source
        words, neurons = values.shape
        self.shape = (words if rows is None else len(rows), neurons if columns is None else len(columns))
        self.dtype = torch.float64 if values.dtype == np.float64 else torch.float32
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._kept: Tensor | None = None
        self._checked = False

    def select(self, columns: np.ndarray) -> Design:
        """The same words, these of the columns only; what is in memory is not read again."""
        chosen = np.asarray(columns, dtype=np.int64)
        named = chosen if self.columns is None else self.columns[chosen]
        selected = Design(self.values, self.rows, named, self.source)
        if self._kept is not None and selected._is_small():
            selected._kept = self._kept[:, torch.from_numpy(chosen.copy()).to(self._kept.device)]
        return selected

    def blocks(self, size: int = BLOCK) -> Iterator[tuple[slice, Tensor]]:
        """Consecutive rows: which of the N they are, and their values, (at most ``size``, D), on the device.

        Raises:
            InputError: if a value is not a finite number.
        """
        if self._kept is None:
            self._kept = self._keep(size)
        if self._kept is None:
            yield from self._read(size)
        else:
            for start in range(0, self.shape[0], size):
                yield slice(start, start + size), self._kept[start : start + size]

    def rows_at(self, index: np.ndarray) -> Tensor:
        """The values of these of the N rows, int64 (n,), as (n, D) on the device."""
        if self._kept is not None:
            return self._kept[torch.from_numpy(index)]
        block = _rows_of(self.values, index if self.rows is None else self.rows[index])
        tensor = self._tensor(block)
        self._check_finite(tensor, index)
        return tensor

    def sample(self, count: int) -> Tensor:
        """About ``count`` rows, evenly spread over the N, (n, D) on the device."""
        return self.rows_at(np.arange(0, self.shape[0], max(1, self.shape[0] // count)))

    def dense(self) -> np.ndarray:
        """All of it in memory, (N, D), float32 or float64."""
        return torch.cat([block.cpu() for _, block in self.blocks()]).numpy()

    def _keep(self, size: int) -> Tensor | None:
        """All values as a tensor, if they are one already or small enough; else None."""
        values = self.values
        if self._is_resident():
            kept = torch.from_numpy(values)
            for start in range(0, len(kept), size):
                self._check_finite(kept[start : start + size], range(start, start + size))
            return kept
        if not self._is_small():
            return None
        kept = torch.empty(self.shape, dtype=self.dtype, device=self.device)
        for rows, block in self._read(size):
            kept[rows] = block
        return kept

    def _is_small(self) -> bool:
        return self.shape[0] * self.shape[1] * self.dtype.itemsize <= RESIDENT_BYTES

    def _is_resident(self) -> bool:
        """Whether the values are an array that torch can use where it lies."""
        values, whole = self.values, self.rows is None and self.columns is None
        usable = values.flags.c_contiguous and values.flags.writeable and not isinstance(values, np.memmap)
        return whole and usable and values.dtype in (np.float32, np.float64) and self.device.type == "cpu"

    def _read(self, size: int) -> Iterator[tuple[slice, Tensor]]:
        done = 0
        for start, block in _pieces(self.values, size):
            if self.rows is not None:
                first, last = np.searchsorted(self.rows, (start, start + len(block)))
                block = block[self.rows[first:last] - start]
            if len(block):
                tensor = self._tensor(block)
                self._check_finite(tensor, range(done, done + len(block)))
                yield slice(done, done + len(block)), tensor
                done += len(block)
        self._checked = True

    def _tensor(self, block: np.ndarray) -> Tensor:
        chosen = block if self.columns is None else block[:, self.columns]
        return torch.from_numpy(np.require(chosen, requirements=("C", "W"))).to(self.device, self.dtype)

    def _check_finite(self, block: Tensor, rows: Sequence[int] | np.ndarray) -> None:
        """Refuse what is not finite; ``rows``: which of the N the block is."""
        # One pass over the values is enough to know them; a nan is its own minimum.
        if not self._checked and block.numel() and not torch.isfinite(torch.stack(torch.aminmax(block))).all():
            row, column = torch.nonzero(~torch.isfinite(block))[0].tolist()
            word = rows[row] if self.rows is None else self.rows[rows[row]]
            neuron = column if self.columns is None else self.columns[column]
            raise InputError(
                f"{self.source} holds values that are not finite numbers (NaN or infinity): "
                f"the first is that of word {word}, neuron {neuron}, both counted from 0."
            )


def _pieces(values: np.ndarray, size: int) -> Iterator[tuple[int, np.ndarray]]:
    """Blocks of rows and where they start.

    A map of a whole file is read, not touched: its pages would count as this process's memory.
    """
    rows, width = values.shape
    if _is_whole_file(values):
        with open(values.filename, "rb") as file:  # type: ignore[attr-defined]
            file.seek(-values.nbytes, os.SEEK_END)
            for start in range(0, rows, size):
                count = min(size, rows - start)
                yield start, np.fromfile(file, values.dtype, count * width).reshape(count, width)
    else:
        for start in range(0, rows, size):
            yield start, values[start : start + size]


def _rows_of(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Single rows, (n, D); of a file, read likewise: a touched page would bring its neighbours into memory, too."""
    if not _is_whole_file(values):
        return values[index]
    rows = np.empty((len(index), values.shape[1]), values.dtype)
    width = rows.shape[1] * rows.itemsize
    start = values.offset  # type: ignore[attr-defined]
    with open(values.filename, "rb", buffering=0) as file:  # type: ignore[attr-defined]
        for place, row in enumerate(index.tolist()):
            os.preadv(file.fileno(), [rows[place]], start + row * width)
    return rows


def _is_whole_file(values: np.ndarray) -> bool:
    if not isinstance(values, np.memmap) or values.filename is None:
        return False
    # What is written to a copy-on-write map ("c") is not in its file.
    on_disk = values.mode != "c" and values.flags.c_contiguous
    return on_disk and os.path.getsize(values.filename) == values.offset + values.nbytes
