"""Moments of dumps: constant memory, and the same bits whatever else is read."""

from __future__ import annotations

import tracemalloc

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.statistics.dump_moments import moments_of
from tests.activations.small_dumps import write_dump


def peak_of(dumps: list[Activations], dtype: type) -> int:
    """Bytes that reading them needs at most."""
    tracemalloc.start()
    try:
        moments_of(dumps, [(0, 0), (0, 1), (1, 1)], dtype)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory__does_not_grow_with_the_words(tmp_path, monkeypatch):
    monkeypatch.setattr("fairseq_neurons.statistics.dump_moments.BLOCK", 256)
    generator = np.random.default_rng(0)
    peaks = {}
    for words in (20 * 256, 80 * 256):
        (tmp_path / str(words)).mkdir()
        paths = [write_dump(tmp_path / str(words) / name, generator.normal(size=(words, 40))) for name in "ab"]
        dumps = [Activations(path) for path in paths]
        peaks[words] = peak_of(dumps, np.float32)
    few, many = peaks.values()
    # How many blocks are in memory at one moment depends on which thread is ahead; 60 more of each dump would be read.
    assert many < few + 8 * 256 * 40 * 4


def test_moments_of_a_pair__are_the_same_bits_whatever_else_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("fairseq_neurons.statistics.dump_moments.BLOCK", 64)
    generator = np.random.default_rng(1)
    dumps = [Activations(write_dump(tmp_path / name, generator.normal(size=(500, 33)))) for name in "abc"]
    together = moments_of(dumps, [(0, 1), (0, 2)], np.float32)
    apart = moments_of([dumps[0], dumps[2]], [(0, 1)], np.float32)
    np.testing.assert_array_equal(together.correlation(0, 2), apart.correlation(0, 1))
    np.testing.assert_array_equal(together.variance(2), apart.variance(1))
