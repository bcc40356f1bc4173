"""Moments of dumps. Each dump is read once, in blocks; the next block is read while the last one is processed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from tqdm import tqdm

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.finite_values import not_finite
from fairseq_neurons.statistics.moments import Columns, Moments, Shifted

BLOCK = 4096

Item = TypeVar("Item")


def moments_of(dumps: Sequence[Activations], pairs: Iterable[tuple[int, int]], dtype: type[np.floating]) -> Moments:
    """Compute the moments of dumps of the same words.

    The result for a dump or a pair is bit-identical, whichever other dumps are read.

    Args:
        dumps: dumps with the same number of words.
        pairs: see :class:`Moments`.
        dtype: dtype of the products; other sums are float64.

    Raises:
        InputError: if a value is not finite.
    """
    moments = Moments(pairs)
    with tqdm(total=len(dumps[0]), unit=" words", unit_scale=True, desc="reading", disable=None) as bar:
        for blocks in _prefetched(_shifted(dumps, dtype)):
            moments.add(blocks)
            bar.update(len(blocks[0].values))
    return moments


def _shifted(dumps: Sequence[Activations], dtype: type[np.floating]) -> Iterator[list[Shifted]]:
    columns = [Columns(dtype) for _ in dumps]
    readers = [_blocks(dump) for dump in dumps]
    for blocks in zip(*readers, strict=True):
        yield [_shift_block(*one) for one in zip(dumps, columns, blocks, strict=True)]


def _blocks(dump: Activations) -> Iterator[np.ndarray]:
    """As :meth:`Activations.blocks`, but reusing one array: allocation takes as long as reading."""
    memory = np.empty((min(BLOCK, len(dump)), len(dump.neurons)), dump.values.dtype)
    with open(dump.path / "activations.npy", "rb") as file:
        file.seek(-dump.values.nbytes, os.SEEK_END)
        for start in range(0, len(dump), BLOCK):
            block = memory[: len(dump) - start]
            file.readinto(block.data.cast("B"))
            yield block


def _shift_block(dump: Activations, columns: Columns, block: np.ndarray) -> Shifted:
    try:
        return columns.shifted(block)
    except ValueError as error:
        raise not_finite(dump) from error


def _prefetched(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the same items, computing the next one in a thread while the last one is in use."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        following = pool.submit(next, items, None)
        while (item := following.result()) is not None:
            following = pool.submit(next, items, None)
            yield item
