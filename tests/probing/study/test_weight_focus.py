from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.study.weight_focus import salient_counts, salient_neurons
from fairseq_neurons.rankings.algorithm1 import algorithm1

MASSES = [0.1, 0.25, 0.5, 1.0]
matrices = hnp.arrays(
    np.float64,
    hnp.array_shapes(min_dims=2, max_dims=2, max_side=10),
    elements=st.sampled_from([0.0, 0.0, 0.1, -0.3, 0.5, 1.0, 1e-20]),
)


def literal_salient(row: np.ndarray, share: float) -> list[int]:
    order = sorted(np.flatnonzero(row).tolist(), key=lambda neuron: (-abs(row[neuron]), neuron))
    sums = np.cumsum([abs(row[neuron]) for neuron in order])
    if share == 1:
        return order
    return order[: 1 + next(n for n, mass in enumerate(sums) if mass >= share * sums[-1])] if order else []


@settings(deadline=None)
@given(matrices)
def test_counts__equal_the_neurons_taken_one_by_one(weights):
    counts = salient_counts(weights, MASSES)
    for label, row in enumerate(weights):
        for column, share in enumerate(MASSES):
            expected = literal_salient(row, share)
            assert counts[label, column] == len(expected)
            assert salient_neurons(weights, label, share).tolist() == expected


def test_counts_of_one_label__are_the_steps_of_algorithm_1():
    weights = np.random.default_rng(1).laplace(size=(1, 200))
    selection = algorithm1(weights, alpha=2.5)
    np.testing.assert_array_equal(salient_counts(weights, selection.percents / 100)[0], selection.cutoffs)


def test_a_focused_label__needs_fewer_neurons_than_a_distributed_one():
    focused, distributed, absent = np.zeros(100), np.ones(100), np.zeros(100)
    focused[7] = -3
    assert salient_counts(np.stack([focused, distributed, absent])).tolist() == [[1], [25], [0]]


def test_no_masses__give_no_columns():
    assert salient_counts(np.ones((3, 4)), []).shape == (3, 0)


@pytest.mark.parametrize("mass", [0, -0.5, 1.01, 25, float("nan")])
def test_masses_that_are_no_share__are_refused(mass):
    with pytest.raises(InputError, match="share of the weight mass"):
        salient_counts(np.ones((1, 3)), [mass])


def test_labels_there_are_not__are_refused():
    with pytest.raises(InputError, match="no label -1"):
        salient_neurons(np.ones((2, 3)), -1)
