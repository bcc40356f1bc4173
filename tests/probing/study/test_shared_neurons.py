from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.study.shared_neurons import in_top, most_shared, shared, shared_neurons

D = 8
values = st.sampled_from([0.0, 0.0, 0.1, -0.3, 0.5, -1.0, 2.0])
probes = st.integers(1, 5).flatmap(lambda labels: hnp.arrays(np.float64, (labels, D), elements=values))


def literal_top(row: np.ndarray, k: int) -> set[int]:
    return set(sorted(np.flatnonzero(row).tolist(), key=lambda neuron: (-abs(row[neuron]), neuron))[:k])


@settings(deadline=None)
@given(probes, probes, st.integers(1, D))
def test_counts__equal_the_literal_intersections_across_tasks(a, b, k):
    found = shared(a, k, b)
    for i, ours in enumerate(a):
        for j, theirs in enumerate(b):
            both = literal_top(ours, k) & literal_top(theirs, k)
            assert found.counts[i, j] == len(both)
            assert found.expected[i, j] == len(literal_top(ours, k)) * len(literal_top(theirs, k)) / D
            assert shared_neurons(ours, theirs, k).tolist() == sorted(both)


@settings(deadline=None)
@given(probes, st.integers(1, D), st.integers(1, 3))
def test_most_shared__equals_the_literal_count_of_tops(weights, k, least):
    tops = [literal_top(row, k) for row in weights]
    counted = {neuron: sum(neuron in top for top in tops) for neuron in range(D)}
    expected = sorted((n for n in counted if counted[n] >= least), key=lambda n: (-counted[n], n))
    neurons, labels = most_shared(weights, k, least)
    assert neurons.tolist() == expected
    assert labels.tolist() == [counted[neuron] for neuron in expected]


def test_within_a_task__is_the_task_against_itself():
    weights = np.random.default_rng(2).normal(size=(4, 30))
    found = shared(weights, 5)
    np.testing.assert_array_equal(found.counts, shared(weights, 5, weights).counts)
    assert (np.diag(found.counts) == 5).all()
    assert (found.expected == 25 / 30).all()


def test_random_weights__share_as_many_as_chance_expects():
    generator = np.random.default_rng(4)
    found = shared(generator.normal(size=(60, 200)), 20, generator.normal(size=(60, 200)))
    assert found.counts.mean() == pytest.approx(found.expected.mean(), rel=0.03)


def test_neurons_without_weight__are_in_no_top():
    assert in_top(np.array([[0.0, 0.0, 3.0, 0.0]]), 2).tolist() == [[False, False, True, False]]


@pytest.mark.parametrize("k", [0, -1, 9])
def test_tops_out_of_range__are_refused(k):
    with pytest.raises(InputError, match=f"k={k}"):
        shared(np.ones((2, D)), k)


def test_probes_of_different_neurons__are_refused():
    with pytest.raises(InputError, match="have 8 and 7 neurons"):
        shared(np.ones((2, D)), 3, np.ones((2, 7)))
    with pytest.raises(InputError, match="have 8 and 7 neurons"):
        shared_neurons(np.ones(D), np.ones(7), 3)
