from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet

penalties = st.sampled_from([(0.3, 0.2), (0.3, 0.0), (0.0, 0.2), (0.0, 0.0), (1.0, 0.05)])
seeds = st.integers(0, 10_000)


def weights_of(seed: int, labels: int = 4, neurons: int = 3) -> torch.Tensor:
    generator = np.random.default_rng(seed)
    weights = generator.standard_normal((labels, neurons)) * (generator.random((labels, neurons)) < 0.6)
    return torch.from_numpy(weights)


@given(penalties, seeds)
def test_value__is_the_sum_over_weights(numbers, seed):
    l1, l2 = numbers
    weights = weights_of(seed)
    expected = sum(l1 * abs(w) + l2 * w * w for row in weights.tolist() for w in row)
    assert ElasticNet(l1, l2).value(weights) == pytest.approx(expected, abs=1e-12)


@given(st.floats(0, 3), st.floats(0.1, 5), st.floats(-4, 4))
def test_shrink__is_the_soft_threshold(l1, strength, w):
    found = (
        ElasticNet(l1, 0.7)
        .shrink(torch.tensor([[w]], dtype=torch.float64), torch.tensor([[strength]], dtype=torch.float64))
        .item()
    )
    limit = l1 / strength
    expected = w - limit if w > limit else w + limit if w < -limit else 0.0
    assert found == pytest.approx(expected, abs=1e-12)


@given(penalties, seeds)
@settings(max_examples=40, deadline=None)
def test_conjugate__is_the_largest_value_on_a_fine_grid(numbers, seed):
    penalty = ElasticNet(*numbers)
    slope = weights_of(seed, 2, 1)
    found = penalty.conjugate(slope)
    grid = np.linspace(-40, 40, 80_001)
    best = [max(s * grid - penalty.l1 * np.abs(grid) - penalty.l2 * grid**2) for s in slope.flatten().tolist()]
    if math.isinf(found):
        assert penalty.l2 == 0 and sum(best) > 1e-3
    else:
        assert found == pytest.approx(sum(best), abs=1e-5)


@given(penalties, seeds)
def test_dual_scale__is_the_largest_factor_with_a_finite_conjugate(numbers, seed):
    penalty, slope = ElasticNet(*numbers), weights_of(seed)
    factor = penalty.dual_scale(slope)
    assert 0 <= factor <= 1
    assert math.isfinite(penalty.conjugate(factor * slope))
    if 0 < factor < 1:
        assert math.isinf(penalty.conjugate(factor * 1.001 * slope))


@given(penalties, seeds)
def test_stationarity__is_a_loop_over_weights(numbers, seed):
    l1, l2 = numbers
    weights, gradient = weights_of(seed), weights_of(seed + 1)
    worst = 0.0
    for w, g in zip(weights.flatten().tolist(), gradient.flatten().tolist()):
        slope = g + 2 * l2 * w
        worst = max(worst, abs(slope + math.copysign(l1, w)) if w else max(abs(slope) - l1, 0))
    assert ElasticNet(l1, l2).stationarity(weights, gradient) == pytest.approx(worst, abs=1e-12)


@given(penalties, seeds, st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_centre__finds_the_best_shift_of_every_neuron(numbers, seed, labels):
    penalty, weights = ElasticNet(*numbers), weights_of(seed, labels)
    found = penalty.centre(weights)
    shift = weights - found
    torch.testing.assert_close(shift, shift[:1].expand_as(shift))
    for neuron in range(weights.shape[1]):
        column = weights[:, [neuron]]
        least = min(penalty.value(column - c) for c in np.linspace(-3, 3, 601))
        assert penalty.value(found[:, [neuron]]) <= least + 1e-12


def test_centre__keeps_zeros_that_are_best_where_they_are():
    weights = torch.tensor([[0.0, 0.0], [0.0, -0.2], [0.3, 0.1], [0.0, 0.0]])
    for numbers in ((1.0, 0.1), (1.0, 0.0), (0.0, 0.0)):
        assert torch.equal(ElasticNet(*numbers).centre(weights), weights)


@pytest.mark.parametrize("numbers", [(-1e-9, 0.0), (0.0, -1.0), (math.nan, 0.0), (0.0, math.inf)])
def test_penalties_that_are_none__are_refused(numbers):
    with pytest.raises(InputError, match="a penalty is zero or a positive number"):
        ElasticNet(*numbers)
