"""Neurons of other models that do the like, against ``np.corrcoef``."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.cross_model import correlate
from fairseq_neurons.statistics.similar_neurons import neighbours, neighbours_of
from tests.activations.small_dumps import write_dump

WORDS = 300


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(0)
    shared = generator.normal(size=(WORDS, 3))
    made = {
        name: shared @ generator.normal(size=(3, size)) + generator.normal(size=(WORDS, size))
        for name, size in (("a", 5), ("b", 6), ("c", 4))
    }
    made["a"][:, 2], made["b"][:, 1], made["c"][:, 3] = 4, 0, -made["a"][:, 1]
    return {name: array.astype(np.float32) for name, array in made.items()}


@pytest.fixture
def dumps(arrays, tmp_path) -> dict[str, Activations]:
    return {name: Activations(write_dump(tmp_path / name, array)) for name, array in arrays.items()}


def literal(ours: np.ndarray, theirs: np.ndarray, count: int) -> list[tuple[int, float]]:
    rho = [np.corrcoef(ours, other)[0, 1] if np.ptp(ours) and np.ptp(other) else 0.0 for other in theirs.T]
    return sorted(enumerate(rho), key=lambda pair: -abs(pair[1]))[:count]


def test_neighbours__are_those_of_every_pair_of_neurons(arrays, dumps):
    found = neighbours(dumps["a"], {"B": dumps["b"], "C": dumps["c"]})
    for name, other in (("B", "b"), ("C", "c")):
        assert found[name].indices.shape == found[name].correlations.shape == (5, 3)
        for d in range(5):
            expected = literal(arrays["a"][:, d], arrays[other], 3)
            assert found[name].indices[d].tolist() == [index for index, _ in expected]
            np.testing.assert_allclose(found[name].correlations[d], [rho for _, rho in expected], atol=1e-6)
    assert found["C"].indices[1, 0] == 3 and found["C"].correlations[1, 0] == pytest.approx(-1)


def test_nearest_neighbour__has_the_score_of_the_absolute_ranking(dumps):
    ranking = correlate([dumps[name].path for name in "abc"], absolute=True)
    found = neighbours(dumps["a"], {name: dumps[name] for name in "bc"}, count=1)
    best = np.maximum(*(np.abs(one.correlations[:, 0]) for one in found.values()))
    np.testing.assert_array_equal(best[ranking.order], ranking.scores)


@pytest.mark.parametrize("block", [7, 4096])
def test_neighbours_of_one_neuron__are_its_row_of_all(dumps, monkeypatch, block):
    monkeypatch.setattr(Activations.blocks, "__defaults__", (block,))
    others = {name: dumps[name] for name in "bc"}
    every = neighbours(dumps["a"], others)
    for neuron in range(5):
        for name, own in neighbours_of(dumps["a"], neuron, others).items():
            np.testing.assert_array_equal(own.indices[0], every[name].indices[neuron])
            np.testing.assert_allclose(own.correlations[0], every[name].correlations[neuron], atol=1e-6)


def test_small_models__have_fewer_neighbours(dumps):
    assert neighbours(dumps["a"], {"C": dumps["c"]}, count=9)["C"].indices.shape == (5, 4)
    assert neighbours(dumps["a"], {}) == neighbours_of(dumps["a"], 0, {}) == {}


def test_dumps_of_other_words__are_refused(dumps, tmp_path):
    other = Activations(write_dump(tmp_path / "other", np.zeros((WORDS, 2)), sentences=[["w"] * WORDS]))
    for call in (lambda: neighbours(dumps["a"], {"o": other}), lambda: neighbours_of(dumps["a"], 0, {"o": other})):
        with pytest.raises(InputError, match="are dumps of different words"):
            call()


def test_values_that_are_not_finite__are_refused(arrays, dumps, tmp_path):
    arrays["b"][4, 2] = np.inf
    other = {"wrong": Activations(write_dump(tmp_path / "wrong", arrays["b"]))}
    for call in (lambda: neighbours(dumps["a"], other), lambda: neighbours_of(dumps["a"], 0, other)):
        with pytest.raises(InputError, match="wrong holds values that are not finite"):
            call()
