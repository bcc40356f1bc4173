"""Which neurons each point masks."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.ablation.planned_points import UNABLATED, key_of, plan
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from tests.ablation.small_ablations import NEURONS, ranking, settings


def planned(column_means=None, rankings=None, **options):
    return plan(settings(**options), rankings or {"r": ranking(3)}, column_means)


def test_points__are_nested_and_from_the_ends_of_the_ranking():
    order = ranking(3).order
    points = {
        (p.choice.order, p.choice.seed, p.neurons): p.mask for p in planned(points=[0, 3, "50%", "100%"], seeds=2)
    }
    assert len(points) == 4 * (2 + 2)
    for count in (0, 3, 8, 16):
        assert np.array_equal(points["top", None, count].indices, np.sort(order[:count]))
        assert np.array_equal(points["bottom", None, count].indices, np.sort(order[len(order) - count :]))
        for seed in (1, 2):
            assert len(points["random", seed, count].indices) == count
            assert set(points["random", seed, min(3, count)].indices) <= set(points["random", seed, count].indices)
    drawn = [points["random", seed, 3].indices.tolist() for seed in (1, 2)]
    assert drawn == [np.sort(np.random.default_rng(seed).permutation(16)[:3]).tolist() for seed in (1, 2)]
    assert drawn[0] != drawn[1]


def test_random_orders__are_the_same_for_every_ranking():
    points = planned(rankings={"a": ranking(3), "b": ranking(4)}, points=[5])
    keys = {name: [p.key for p in points if p.choice[:2] == (name, "random")] for name in "ab"}
    assert keys["a"] == keys["b"] and len(set(keys["a"])) == 3
    assert len({p.key for p in points if p.choice.order != "random"}) == 4


def test_equal_numbers__are_one_point():
    assert [(p.neurons, p.share) for p in planned(points=[8, "50%", 0, "0%"], order=["top"])] == [(8, "8"), (0, "0")]
    with pytest.raises(InputError, match="points= 17: this model has 16 neurons"):
        planned(points=[17])


def test_keys__differ_between_masks():
    def key(indices, value=0.0, means=None):
        return key_of(Mask.of(NEURONS, np.array(indices, dtype=np.int64), value, means=means))

    assert key([]) == key([], 3.0) == UNABLATED
    assert key([3, 1]) == key([1, 3]) == key([1, 3], "zero")
    assert len({key([1, 3]), key([1, 2]), key([1, 3], 0.5), key([1, 3], "mean", np.arange(16.0)), key([1])}) == 5


def test_all_neurons__are_one_mask_from_both_ends():
    assert len({p.key for p in planned(points=["100%"])}) == 1


def test_mean__is_each_neurons_own():
    (point,) = planned(np.arange(16) / 10, points=[4], order=["top"], value="mean", means="dump")
    assert np.allclose(point.mask.values, point.mask.indices / 10)
