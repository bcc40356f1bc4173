"""Properties of all methods that rank neurons by labels."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations import design_matrix as design
from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.label_methods import METHODS
from fairseq_neurons.rankings.neuron_scores import Method, NeuronScores, sample
from tests.rankings.planted_neurons import ABSENT, CONSTANT, LABELS, PLANTED, labelled_words

every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def assert_equal(a: NeuronScores, b: NeuronScores, tolerance: float = 0.0) -> None:
    np.testing.assert_allclose(a.overall, b.overall, rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(a.per_label, b.per_label, rtol=tolerance, atol=tolerance)


@every_method
def test_a_neuron_that_predicts_the_labels__ranks_first(method: Method):
    X, y = labelled_words()
    scores = method(Design(X), y, LABELS)
    assert scores.overall.argmax() == PLANTED
    assert scores.per_label[:2].argmax(axis=1).tolist() == [PLANTED, PLANTED]


@every_method
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_constant_neurons_and_labels_without_words__score_0(method: Method, dtype: type):
    X, y = labelled_words(dtype=dtype)
    scores = method(Design(X), y, LABELS)
    assert scores.overall.shape == (12,) and scores.per_label.shape == (LABELS, 12)
    assert scores.overall.dtype == scores.per_label.dtype == np.float64
    assert np.isfinite(scores.overall).all() and np.isfinite(scores.per_label).all()
    assert scores.overall[CONSTANT] == 0 and not scores.per_label[:, CONSTANT].any()
    assert not scores.per_label[ABSENT].any()


@every_method
@pytest.mark.parametrize("y", [[0], [1, 1, 1], [0, 1], [0, 1, 2], [0, 1, 1]])
def test_labels_with_one_word__give_numbers(method: Method, y: list[int]):
    X = np.array([[1.0, -1.0, 3.0], [1.0, 2.0, 3.0], [1.0, 5.0, -3.0]], dtype=np.float32)[: len(y)]
    scores = method(Design(X), np.array(y), 3)
    assert np.isfinite(scores.overall).all() and np.isfinite(scores.per_label).all()


@every_method
def test_neurons_constant_within_each_label__rank_first_with_finite_scores(method: Method):
    X, y = labelled_words(dtype=np.float32)
    X[:, PLANTED] = np.array([0.3, -0.3, 0.0, 0.1])[y] * 100
    scores = method(Design(X), y, LABELS)
    assert scores.overall.argmax() == PLANTED
    assert np.isfinite(scores.overall).all() and np.isfinite(scores.per_label).all()


@every_method
def test_the_same_input__gives_the_same_scores(method: Method):
    X, y = labelled_words()
    assert_equal(method(Design(X), y, LABELS, seed=3), method(Design(X), y, LABELS, seed=3))


@every_method
def test_a_memory_map_read_in_small_blocks__scores_like_an_array(method: Method, tmp_path, monkeypatch):
    X, y = labelled_words()
    expected = method(Design(X), y, LABELS)
    monkeypatch.setattr(Design.blocks, "__defaults__", (7,))
    monkeypatch.setattr(design, "RESIDENT_BYTES", 0)
    np.save(tmp_path / "X.npy", X)
    assert_equal(method(Design(np.load(tmp_path / "X.npy", mmap_mode="r")), y, LABELS), expected, 1e-9)


@every_method
def test_rows_and_columns_of_a_design__are_scored_alone(method: Method):
    X, y = labelled_words()
    rows, columns = np.arange(0, len(y), 2), np.array([7, 5, 2, 0])
    part = method(Design(X, rows, columns), y[rows], LABELS)
    assert_equal(part, method(Design(X[rows][:, columns]), y[rows], LABELS), 1e-9)


@every_method
@pytest.mark.parametrize(
    "y, message", [([0, 1], "labels for 2"), ([0, 1, 5], "between 0 and 4"), ([-1, 0, 1], "between 0 and 4")]
)
def test_labels_that_do_not_match_the_words__are_refused(method: Method, y: list[int], message: str):
    with pytest.raises(InputError, match=message):
        method(Design(np.eye(3)), np.array(y), LABELS)


@every_method
def test_no_words_and_values_that_are_not_finite__are_refused(method: Method):
    with pytest.raises(InputError, match="no words"):
        method(Design(np.zeros((0, 3))), np.zeros(0, dtype=np.int64), LABELS)
    with pytest.raises(InputError, match="not finite"):
        method(Design(np.array([[1.0, np.nan], [2.0, 1.0]])), np.array([0, 1]), LABELS)


@pytest.mark.parametrize("name", ["gaussian", "f-test", "mutual-information"])
def test_more_words_than_the_maximum__are_sampled(name: str):
    X, y = labelled_words()
    chosen, labels = sample(Design(X), y, 100, seed=2)
    assert chosen.shape == (100, 12) and (y[chosen.rows] == labels).all()
    assert_equal(METHODS[name](Design(X), y, LABELS, seed=2, words=100), METHODS[name](chosen, labels, LABELS, seed=2))
