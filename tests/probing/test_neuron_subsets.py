"""Subsets are the ends of a ranking and seeded random draws."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.neuron_subsets import subsets

ORDER = np.array([7, 2, 9, 0, 4, 1, 8, 3, 6, 5])


def test_subsets__are_the_top_the_bottom_and_random_ones_of_every_fraction():
    found = list(subsets(ORDER, [0.3, 1.0], random=2, seed=5))
    expected = [("top", None), ("bottom", None), ("random", 5), ("random", 6)]
    assert [(x.keep, x.seed, x.fraction) for x in found] == [(*one, f) for f in (0.3, 1.0) for one in expected]
    assert found[0].neurons.tolist() == [7, 2, 9]
    assert found[1].neurons.tolist() == [5, 6, 3]
    assert found[4].neurons.tolist() == ORDER.tolist() and found[5].neurons.tolist() == ORDER[::-1].tolist()


def test_random_subsets__are_distinct_positions_fixed_by_the_seed_alone():
    first, again = (list(subsets(order, [0.5], random=3)) for order in (ORDER, ORDER[::-1]))
    for a, b in zip(first[2:], again[2:], strict=True):
        assert a.neurons.tolist() == b.neurons.tolist()
        assert len(set(a.neurons.tolist())) == 5 and set(a.neurons.tolist()) <= set(range(10))
    assert len({tuple(x.neurons) for x in first[2:]}) == 3


def test_random_subsets__are_nested_across_fractions():
    small, large = (next(x for x in subsets(ORDER, [f], 1) if x.keep == "random") for f in (0.2, 0.6))
    assert large.neurons[:2].tolist() == small.neurons.tolist()


@pytest.mark.parametrize("fraction, count", [(0.01, 1), (0.14, 1), (0.16, 2), (0.25, 2), (0.35, 4), (1, 10)])
def test_fraction__is_rounded_to_whole_neurons_at_least_one(fraction, count):
    assert [len(x.neurons) for x in subsets(ORDER, [fraction], 1)] == [count] * 3


@pytest.mark.parametrize("fraction", [0, -0.1, 1.1, float("nan")])
def test_fraction_out_of_range__is_refused(fraction):
    with pytest.raises(InputError, match=f"fractions: {fraction} is out of range; give numbers above 0 and up to 1"):
        list(subsets(ORDER, [0.5, fraction], 1))
