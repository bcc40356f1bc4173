"""Single neurons out of rows of words."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.neuron_columns import column_of, columns_of, slabs_of
from tests.activations.small_dumps import write_dump

# More than a block of rows.
WORDS, NEURONS = 5000, 7
VALUES = np.random.default_rng(0).normal(size=(WORDS, NEURONS)).astype(np.float32)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_columns__are_those_of_the_array(tmp_path, dtype):
    dump, expected = Activations(write_dump(tmp_path / "a", VALUES, dtype)), VALUES.astype(dtype).astype(np.float32)
    np.testing.assert_array_equal(column_of(dump, 4), expected[:, 4])
    chosen, rows = np.array([5, 0]), np.arange(WORDS) % 3 == 0
    np.testing.assert_array_equal(columns_of(dump, chosen, rows), expected[rows][:, chosen].T)
    assert columns_of(dump, slice(0, 2)).dtype == np.float32


@pytest.mark.parametrize("most", [1, 2 * WORDS, 10**9])
def test_slabs__are_all_neurons_in_turn_in_bounded_memory(tmp_path, monkeypatch, most):
    monkeypatch.setattr("fairseq_neurons.statistics.neuron_columns.MOST", most)
    dump, every = Activations(write_dump(tmp_path / "a", VALUES)), np.ones(WORDS, dtype=bool)
    slabs = list(slabs_of(dump, slice(1, None), every))
    np.testing.assert_array_equal(np.concatenate([columns for _, columns in slabs]), VALUES.T[1:])
    assert slabs[0][0].start == 0 and slabs[-1][0].stop == NEURONS - 1
    assert [slab.stop for slab, _ in slabs][:-1] == [slab.start for slab, _ in slabs][1:]
    assert all(columns.size <= max(most, WORDS) for _, columns in slabs)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite__are_refused(tmp_path, wrong):
    values = VALUES.copy()
    values[4500, 3], values[4501, 3] = wrong, -wrong
    dump = Activations(write_dump(tmp_path / "a", values))
    with pytest.raises(InputError, match="a holds values that are not finite numbers"):
        column_of(dump, 3)
    assert len(column_of(dump, 2)) == WORDS
