"""Pooling the states of subwords."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.activations import pooling as module
from fairseq_neurons.activations.manifest import Manifest
from fairseq_neurons.activations.pooling import pool, pooling_choices
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons

LITERAL = {
    "first": lambda states: states[0],
    "last": lambda states: states[-1],
    "mean": lambda states: states.astype(np.float64).mean(axis=0),
}
# Numbers of pieces of the words of a sentence.
lengths = st.lists(st.integers(1, 4), min_size=1, max_size=6)


@given(lengths, st.sampled_from(sorted(LITERAL)), st.sampled_from(["float16", "float32"]))
def test_pooling__equals_the_loop_over_words(pieces, pooling, dtype):
    rows = np.random.default_rng(0).normal(size=(sum(pieces), 3)).astype(dtype)
    pooled = pool(rows, np.repeat(np.arange(len(pieces)), pieces), pooling)
    words = np.split(rows, np.cumsum(pieces)[:-1])
    np.testing.assert_allclose(pooled, [LITERAL[pooling](states) for states in words], rtol=1e-6)


def test_every_pooling__is_compared_with_its_loop():
    assert set(LITERAL) == set(module.POOLINGS)


def test_words_of_one_piece__keep_their_rows():
    rows = np.ones((2, 3), dtype=np.float16)
    assert pool(rows, np.array([0, 1]), "mean") is rows
    assert pool(rows[:0], np.zeros(0, dtype=np.int64), "last").shape == (0, 3)


def test_registered_pooling__is_used_and_can_be_dumped(monkeypatch):
    manifest = Manifest(neurons=Neurons.of([]), words=0, sentences=0, dtype="float32", subwords="bpe")
    with pytest.raises(InputError, match="pooling=max cannot be dumped: choose last, first, mean or none."):
        replace(manifest, pooling="max")
    monkeypatch.setitem(module.POOLINGS, "max", np.maximum.reduceat)
    assert pooling_choices() == ("last", "first", "mean", "max", "none")
    assert replace(manifest, pooling="max").pooling == "max"
    rows = np.array([[1, 8], [5, 2], [3, 3]])
    assert pool(rows, np.array([0, 0, 1]), "max").tolist() == [[5, 8], [3, 3]]
