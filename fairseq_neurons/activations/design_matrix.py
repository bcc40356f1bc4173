"""The design matrix of a probe (words x neurons), read in blocks of rows so that it need not fit in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.finite_values import not_finite_at
from fairseq_neurons.errors import InputError

BLOCK = 4096
RESIDENT_BYTES = 256 << 20


Place = Callable[[int, int], str]


def counted(word: int, neuron: int) -> str:
    """The place of a value of an array without names."""
    return f"word {word}, neuron {neuron} (both counted from 0)"


class Design:
    """A matrix of words x neurons, or a selection of its rows and columns.

    A memory-mapped file is read in blocks on every pass. A small matrix is kept in memory after the first pass.

    Args:
        values: (words, neurons) floats of any precision: an array, or the memory map of a dump.
        rows: int64 (N,), the selected words, ascending; all words if None.
        columns: int64 (D,), the selected neurons, in this order; all neurons if None.
        source: name of the values in error messages.
        scales: (D,) positive floats, by which the values of the selected neurons are divided; None for 1.
        place: describes the place of a value, by its row and its column in ``values``, in error messages.

    Raises:
        InputError: if ``values`` is not a matrix.

    Attributes:
        shape: (N, D).
        dtype: dtype of the blocks: float64 for float64 values, otherwise float32.
        device: device of the blocks: the GPU if there is one.
    """

    def __init__(
        self,
        values: np.ndarray,
        rows: np.ndarray | None = None,
        columns: np.ndarray | None = None,
        source: str = "X",
        scales: np.ndarray | None = None,
        place: Place = counted,
    ) -> None:
        if values.ndim != 2:
            raise InputError(f"{source} has shape {values.shape}; it must have two dimensions, words x neurons.")
        self.values, self.rows, self.columns, self.source = values, rows, columns, source
        self.scales, self.place = scales, place
        words, neurons = values.shape
        self.shape = (words if rows is None else len(rows), neurons if columns is None else len(columns))
        self.dtype = torch.float64 if values.dtype == np.float64 else torch.float32
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._kept: Tensor | None = None
        self._checked = False

    def select(self, columns: np.ndarray) -> Design:
        """Select columns, by position among the selected ones. Values in memory are not read again."""
        chosen = np.asarray(columns, dtype=np.int64)
        named = chosen if self.columns is None else self.columns[chosen]
        scales = None if self.scales is None else self.scales[chosen]
        selected = Design(self.values, self.rows, named, self.source, scales, self.place)
        if self._kept is not None and selected._is_small():
            selected._kept = self._kept[:, torch.from_numpy(chosen.copy()).to(self._kept.device)]
        return selected

    def scaled(self, scales: np.ndarray) -> Design:
        """The same words and neurons, their values divided by ``scales``, (D,) positive floats."""
        return Design(self.values, self.rows, self.columns, self.source, scales, self.place)

    def blocks(self, size: int = BLOCK) -> Iterator[tuple[slice, Tensor]]:
        """Yield blocks of consecutive rows: their slice of the N rows, and their values on the device.

        The values of a block are (n, D), n being at most ``size``.

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
        """Read single rows, (n, D) on the device; ``index`` is int64 (n,), positions among the N rows."""
        if self._kept is not None:
            return self._kept[torch.from_numpy(index)]
        block = _read_rows(self.values, index if self.rows is None else self.rows[index])
        tensor = self._tensor(block)
        self._check_finite(tensor, index)
        return tensor

    def check(self) -> None:
        """Read all values once.

        Raises:
            InputError: if one is not a finite number.
        """
        for _ in self.blocks():
            pass

    def sample(self, count: int) -> Tensor:
        """Read about ``count`` evenly spaced rows, (n, D) on the device."""
        return self.rows_at(np.arange(0, self.shape[0], max(1, self.shape[0] // count)))

    def dense(self) -> np.ndarray:
        """Read the whole matrix into memory, (N, D), float32 or float64."""
        return torch.cat([block.cpu() for _, block in self.blocks()]).numpy()

    def _keep(self, size: int) -> Tensor | None:
        """The whole matrix as a tensor if it is in memory already or small; otherwise None."""
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
        """Whether torch can use the values without a copy."""
        values, whole = self.values, self.rows is None and self.columns is None and self.scales is None
        usable = values.flags.c_contiguous and values.flags.writeable and not isinstance(values, np.memmap)
        return whole and usable and values.dtype in (np.float32, np.float64) and self.device.type == "cpu"

    def _read(self, size: int) -> Iterator[tuple[slice, Tensor]]:
        done = 0
        for start, block in _row_blocks(self.values, size):
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
        tensor = torch.from_numpy(np.require(chosen, requirements=("C", "W"))).to(self.device, self.dtype)
        return tensor if self.scales is None else tensor / torch.from_numpy(self.scales).to(tensor)

    def _check_finite(self, block: Tensor, rows: Sequence[int] | np.ndarray) -> None:
        """Refuse values that are not finite; ``rows`` are the positions of the block among the N rows."""
        # One checked pass is enough. The minimum of values with a NaN is NaN.
        if not self._checked and block.numel() and not torch.isfinite(torch.stack(torch.aminmax(block))).all():
            row, column = torch.nonzero(~torch.isfinite(block))[0].tolist()
            word = rows[row] if self.rows is None else self.rows[rows[row]]
            neuron = column if self.columns is None else self.columns[column]
            raise not_finite_at(self.source, self.place(int(word), int(neuron)))


def _row_blocks(values: np.ndarray, size: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the first row of each block, and its values.

    The file of a memory map is read directly: the pages of a map would count as memory of this process.
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


def _read_rows(values: np.ndarray, index: np.ndarray) -> np.ndarray:
    """Read single rows, (n, D), directly from the file of a memory map: a map would read the pages around them, too."""
    if not _is_whole_file(values):
        return values[index]
    rows = np.empty((len(index), values.shape[1]), values.dtype)
    width = rows.shape[1] * rows.itemsize
    start = values.offset  # type: ignore[attr-defined]
    with open(values.filename, "rb", buffering=0) as file:  # type: ignore[attr-defined]
        for i, row in enumerate(index.tolist()):
            os.preadv(file.fileno(), [rows[i]], start + row * width)
    return rows


def _is_whole_file(values: np.ndarray) -> bool:
    if not isinstance(values, np.memmap) or values.filename is None:
        return False
    # Changes to a copy-on-write map ("c") are not in its file.
    on_disk = values.mode != "c" and values.flags.c_contiguous
    return on_disk and os.path.getsize(values.filename) == values.offset + values.nbytes
