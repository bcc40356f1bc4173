"""Algorithm 1 against a literal transcription."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.algorithm1 import algorithm1, rank, rank_label

ALPHAS = [1.0, 2.5, 7.0, 100.0]
# Few values make ties; the tiny one is lost in a sum with the large ones.
TIED = st.sampled_from([0.0, 0.0, 0.1, -0.1, 0.3, 0.5, -2.0, 1e-20])
ANY = st.floats(-10, 10, allow_subnormal=False)
matrices = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.one_of(TIED, ANY))


def literal_percents(alpha: float) -> list[float]:
    percents, step = [], 1
    while step * alpha < 100:
        percents.append(step * alpha)
        step += 1
    return [*percents, 100.0]


def descending(row: list[float]) -> list[int]:
    return sorted(range(len(row)), key=lambda neuron: (-abs(row[neuron]), neuron))


def mass_of(row: list[float]) -> float:
    mass = 0.0
    for neuron in descending(row):
        mass += abs(row[neuron])
    return mass


def top_neurons_of_label(row: list[float], p: float) -> set[int]:
    """GetTopNeuronsPerTag for one label."""
    if p == 100:
        return {neuron for neuron, weight in enumerate(row) if weight}
    top, reached = set(), 0.0
    for neuron in descending(row):
        if reached >= p / 100 * mass_of(row):
            break
        top.add(neuron)
        reached += abs(row[neuron])
    return top


def literal_algorithm1(weights: np.ndarray, alpha: float) -> tuple[list[int], list[int]]:
    """The ordering and how long it is after every p."""
    theta = weights.tolist()
    masses = [mass_of(row) for row in theta]

    def share(neuron: int) -> float:
        return max(abs(row[neuron]) / mass if mass else 0.0 for row, mass in zip(theta, masses))

    ordering: list[int] = []
    lengths = []
    for p in literal_percents(alpha):
        top_neurons = set().union(*(top_neurons_of_label(row, p) for row in theta))
        new_neurons = top_neurons - set(ordering)
        ordering += sorted(new_neurons, key=lambda neuron: (-share(neuron), neuron))
        lengths.append(len(ordering))
    return ordering + [n for n in range(weights.shape[1]) if n not in ordering], lengths


@settings(deadline=None, max_examples=200)
@given(weights=matrices, alpha=st.sampled_from(ALPHAS))
def test_order__equals_the_literal_algorithm(weights, alpha):
    selection = algorithm1(weights, alpha)
    order, lengths = literal_algorithm1(weights, alpha)
    assert selection.order.tolist() == order
    assert selection.cutoffs.tolist() == lengths
    assert selection.percents.tolist() == literal_percents(alpha)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_order__equals_the_literal_algorithm_on_a_probe_sized_matrix(alpha, dtype):
    weights = np.random.default_rng(3).laplace(size=(5, 90)).astype(dtype)
    weights[np.abs(weights) < 0.4] = 0
    weights[2] = 0
    order, lengths = literal_algorithm1(weights.astype(np.float64), alpha)
    assert algorithm1(weights, alpha).order.tolist() == order
    assert algorithm1(weights, alpha).cutoffs.tolist() == lengths


@settings(deadline=None)
@given(weights=matrices, alpha=st.sampled_from(ALPHAS))
def test_scores__never_increase_and_are_0_for_neurons_without_weight_only(weights, alpha):
    selection = algorithm1(weights, alpha)
    weighted = (weights != 0).any(axis=0)[selection.order]
    assert (np.diff(selection.scores) <= 0).all()
    assert (selection.scores[~weighted] == 0).all()
    assert weighted.sum() == selection.cutoffs[-1]
    assert not weighted[weighted.sum() :].any()


def test_worked_example__has_the_order_of_the_paper():
    weights = np.array([[8.0, 0.0, -2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 5.0, 5.0]])
    selection = algorithm1(weights, alpha=50)
    # 50 %: neuron 0 (8 of 10) and 3 (5 of 10, before the equal 4); 100 %: 4 (5 of 10), 2 (2 of 10); no weight: 1.
    assert selection.order.tolist() == [0, 3, 4, 2, 1]
    assert selection.cutoffs.tolist() == [2, 4]
    np.testing.assert_allclose(selection.scores, [0.5 + 0.4, 0.5 + 0.25, 0.25, 0.1, 0.0])


def test_labels_without_weights__select_nothing():
    weights = np.random.default_rng(1).normal(size=(1, 20))
    padded = np.concatenate([np.zeros((2, 20)), weights])
    np.testing.assert_array_equal(algorithm1(padded).order, algorithm1(weights).order)
    assert algorithm1(np.zeros((3, 4))).cutoffs.max() == 0
    assert algorithm1(np.zeros((3, 4))).order.tolist() == [0, 1, 2, 3]


def test_weights_lost_in_the_sum__are_in_at_100_percent():
    assert algorithm1(np.array([[1.0, 1e-20, 1e-30, 0.0]])).cutoffs.tolist() == [1] * 99 + [3]


def test_the_last_step__is_100_percent_for_any_alpha():
    weights = np.random.default_rng(1).normal(size=(2, 50))
    for alpha, steps in [(100 / 3, 3), (0.1, 1000), (7, 15), (60, 2), (33.3, 4)]:
        selection = algorithm1(weights, alpha)
        assert (len(selection.percents), selection.percents[-1], selection.cutoffs[-1]) == (steps, 100, 50)
        assert (np.diff(selection.percents) > 0).all()


def test_scaling_a_label__leaves_the_order():
    weights = np.random.default_rng(2).normal(size=(3, 40))
    scaled = weights * np.array([[1.0], [1024.0], [-0.25]])
    np.testing.assert_array_equal(algorithm1(scaled).order, algorithm1(weights).order)


NEURONS = Neurons.of([Block("encoder", 0, "fwd", 4), Block("encoder", 0, "bwd", 4)])


def test_the_ranking__is_loaded_as_it_was_saved(tmp_path):
    weights = np.random.default_rng(5).normal(size=(3, 8))
    ranking = rank(weights, NEURONS, "probe:elastic-net", "abc", alpha=2.5)
    ranking.save(tmp_path / "ranking.json")
    loaded = Ranking.load(tmp_path / "ranking.json")
    assert (loaded.method, loaded.checkpoint_sha256) == ("linguistic", "abc")
    assert loaded.signature == "method:linguistic|alpha:2.5|probe:elastic-net"
    np.testing.assert_array_equal(loaded.order, algorithm1(weights, 2.5).order)
    np.testing.assert_array_equal(loaded.scores, algorithm1(weights, 2.5).scores)


def test_the_ranking_of_a_label__is_by_descending_absolute_weight():
    weights = np.random.default_rng(6).normal(size=(3, 8))
    ranking = rank_label(weights, 1, NEURONS, "probe:elastic-net")
    np.testing.assert_array_equal(ranking.order, np.argsort(-np.abs(weights[1]), kind="stable"))
    assert ranking.signature == "method:linguistic|alpha:1|label:1|probe:elastic-net"


@pytest.mark.parametrize("alpha", [0, -1, 100.5, float("nan"), 1e-9])
def test_alpha_out_of_range__is_refused(alpha):
    with pytest.raises(InputError, match="must be a percentage between"):
        algorithm1(np.ones((1, 2)), alpha)


@pytest.mark.parametrize("weights", [np.array([[1.0, np.nan]]), np.array([[np.inf, 1.0]]), np.ones(3), np.ones((0, 3))])
def test_invalid_weights__are_refused(weights):
    with pytest.raises(InputError, match="A probe's weights"):
        algorithm1(weights)


def test_weights_of_another_model__are_refused():
    with pytest.raises(InputError, match="weights for 7 neurons, but the model has 8"):
        rank(np.ones((2, 7)), NEURONS, "")
    with pytest.raises(InputError, match="no label 2"):
        rank_label(np.ones((2, 8)), 2, NEURONS, "")
