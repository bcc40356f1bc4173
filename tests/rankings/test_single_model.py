"""Statistics of a single model against literal ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.cross_model import correlate
from tests.activations.small_dumps import write_dump


def literal(values: np.ndarray, method: str) -> list[float]:
    columns = [column.astype(np.float64) for column in values.T]
    if method == "variance":
        return [sum((x - column.mean()) ** 2 for x in column) / len(column) for column in columns]
    every = sum(column.mean() for column in columns) / len(columns)
    return [abs(column.mean() - every) for column in columns]


@pytest.mark.parametrize("method", ["variance", "mean-distance"])
@pytest.mark.parametrize("reverse", [False, True])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000), dtype=st.sampled_from(["float16", "float32"]), block=st.sampled_from([3, 4096]))
def test_statistics__equal_the_literal_ones(tmp_path_factory, monkeypatch, method, reverse, seed, dtype, block):
    monkeypatch.setattr("fairseq_neurons.statistics.dump_moments.BLOCK", block)
    generator = np.random.default_rng(seed)
    values = (generator.normal(size=(40, 6)) * generator.uniform(0, 3, 6) + generator.normal(size=6) * 5).astype(dtype)
    values[:, 3] = -2
    ranking = correlate([write_dump(tmp_path_factory.mktemp("d") / "a", values, dtype)], method=method, reverse=reverse)
    expected = literal(values, method)
    order = sorted(range(6), key=lambda i: expected[i] if reverse else -expected[i])
    assert ranking.order.tolist() == order
    np.testing.assert_allclose(ranking.scores, [expected[i] for i in order], rtol=1e-5, atol=1e-6)


def test_reversed_rankings__are_named_so_and_keep_the_order_of_ties(tmp_path):
    values = np.outer(np.arange(8.0), [1, 2, 1, 0, 0])
    dump = write_dump(tmp_path / "a", values)
    up, down = (correlate([dump], method="variance", reverse=reverse) for reverse in (True, False))
    assert (up.method, down.method) == ("variance-reversed", "variance")
    assert "method:variance-reversed|target:" in up.signature and "method:variance|target:" in down.signature
    assert down.order.tolist() == [1, 0, 2, 3, 4]
    assert up.order.tolist() == [3, 4, 0, 2, 1]
    assert (np.diff(up.scores) >= 0).all()
    up.save(tmp_path / "up.json")
    np.testing.assert_array_equal(Ranking.load(tmp_path / "up.json").scores, up.scores)


def test_random__is_the_same_for_the_same_seed_and_has_every_neuron(tmp_path):
    dump = write_dump(tmp_path / "a", np.zeros((2, 30)))
    first, again, other = (correlate([dump], method="random", seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.order, again.order)
    assert first.order.tolist() != other.order.tolist()
    assert sorted(first.order.tolist()) == list(range(30))
    assert (np.diff(first.scores) <= 0).all()
    assert first.signature.startswith("method:random|seed:5|target:")


def test_the_target__alone_is_read(tmp_path):
    generator = np.random.default_rng(0)
    first, second = (write_dump(tmp_path / name, generator.normal(size=(9, 3))) for name in "ab")
    alone = correlate([second], method="variance")
    np.testing.assert_array_equal(correlate([first, second], target=1, method="variance").scores, alone.scores)


@pytest.mark.parametrize("method", ["variance", "mean-distance"])
def test_values_that_are_not_finite__are_refused(tmp_path, method):
    with pytest.raises(InputError, match="a holds values that are not finite"):
        correlate([write_dump(tmp_path / "a", np.array([[1.0], [np.nan]]))], method=method)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            dict(method="variance", absolute=True),
            "variance has no option absolute=; it is an option of max, min",
        ),
        (dict(method="svcca", absolute=True), "method=svcca has no option absolute="),
        (
            dict(method="max", reverse=True),
            "method=max has no option reverse=; it is an option of variance, mean-distance, random",
        ),
        (dict(method="variance", seed=2), "method=variance has no option seed=; it is an option of random"),
        (dict(method="random", seed=-1), "seed=-1: the seed must not be negative"),
        (dict(method="random", target=1), "target=1: there are 1 dumps"),
    ],
)
def test_options_of_other_methods__are_refused(tmp_path, options, sentence):
    dump = write_dump(tmp_path / "a", np.zeros((2, 3)))
    with pytest.raises(InputError, match=sentence):
        correlate([dump], **options)
