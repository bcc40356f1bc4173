"""The moments of dumps: each is read once, in blocks, the next one while the last is being multiplied."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.moments import Columns, Moments, Shifted

BLOCK = 4096

Item = TypeVar("Item")


def moments_of(dumps: Sequence[Activations], pairs: Iterable[tuple[int, int]], dtype: type[np.floating]) -> Moments:
    """Read dumps of the same words.

    What is found of a dump or of a pair does not depend on which other dumps are read with it, not by a bit.

    Args:
        dumps: all with the same number of words.
        pairs: see :class:`Moments`.
        dtype: of the products; the other sums are float64.

    Raises:
        InputError: if a value is not a finite number.
    """
    moments = Moments(pairs)
    with tqdm(total=len(dumps[0]), unit=" words", unit_scale=True, desc="reading", disable=None) as bar:
        for blocks in _ahead(_shifted(dumps, dtype)):
            moments.add(blocks)
            bar.update(len(blocks[0].values))
    return moments


def _shifted(dumps: Sequence[Activations], dtype: type[np.floating]) -> Iterator[list[Shifted]]:
    columns = [Columns(dtype) for _ in dumps]
    readers = [_blocks(dump) for dump in dumps]
    for blocks in zip(*readers, strict=True):
        yield [_prepared(*one) for one in zip(dumps, columns, blocks, strict=True)]


def _blocks(dump: Activations) -> Iterator[np.ndarray]:
    """Those of :meth:`Activations.blocks`, all in the same array: new memory costs as much as reading does."""
    memory = np.empty((min(BLOCK, len(dump)), len(dump.neurons)), dump.values.dtype)
    with open(dump.path / "activations.npy", "rb") as file:
        file.seek(-dump.values.nbytes, os.SEEK_END)
        for start in range(0, len(dump), BLOCK):
            block = memory[: len(dump) - start]
            file.readinto(block.data.cast("B"))
            yield block


def _prepared(dump: Activations, columns: Columns, block: np.ndarray) -> Shifted:
    try:
        return columns.shifted(block)
    except ValueError as error:
        raise InputError(f"{dump.path} holds values that are not finite numbers.") from error


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, the next one made in a thread while the last is in use."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, items, None)
            yield item
