"""Input of all kinds, starts from earlier fits, and where the solver must give up."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.estimator import ElasticNetProbe
from tests.probing.made_problems import made, objective_of


def test_refitting_from_the_solution__takes_at_most_one_step():
    X, y = made(1, neurons=12, labels=4)
    probe = ElasticNetProbe(1e-3, 1e-3, tolerance=1e-6, warm_start=True).fit(X, y)
    first = probe.coef_
    assert probe.fit(X, y).n_iter_ <= 1
    np.testing.assert_allclose(probe.coef_, first, atol=1e-4)


@pytest.mark.parametrize("numbers", [(1e-1, 1e-3), (1e-5, 1e-5), (0.0, 1e-2), (1e-3, 0.0)])
def test_other_penalties_from_a_warm_start__reach_the_same_objective(numbers):
    X, y = made(2, neurons=12, labels=4)
    probe = ElasticNetProbe(1e-2, 1e-2, tolerance=1e-4, warm_start=True).fit(X, y)
    warm = probe.set_params(l1=numbers[0], l2=numbers[1]).fit(X, y)
    cold = ElasticNetProbe(*numbers, tolerance=1e-4).fit(X, y)
    assert warm.objective_ == pytest.approx(cold.objective_, rel=1e-4)
    assert warm.gap_ <= 1e-4 * warm.objective_


def test_warm_start__may_change_precision_words_and_shape():
    X, y = made(3)
    probe = ElasticNetProbe(warm_start=True).fit(X.astype(np.float32), y)
    assert probe.fit(X, y).coef_.dtype == np.float64
    assert probe.fit(X[20:].astype(np.float32), y[20:]).gap_ <= 1e-3 * probe.objective_
    assert probe.fit(X[:, :4], y).coef_.shape == (3, 4)
    assert probe.fit(X[y > 0], y[y > 0]).coef_.shape == (2, 6)


def test_watch__sees_every_step():
    X, y = made(4)
    seen = []
    probe = ElasticNetProbe().fit(X, y, watch=lambda weights, bias: seen.append((weights.clone(), bias.clone())))
    assert len(seen) == probe.n_iter_ > 0
    np.testing.assert_array_equal(seen[-1][0], probe.coef_)
    np.testing.assert_array_equal(seen[-1][1], probe.intercept_)


def test_string_labels__come_back():
    X, y = made(5)
    names = np.array(["NOUN", "verb", "ADJ"])[y]
    probe = ElasticNetProbe().fit(X, names)
    assert probe.classes_.tolist() == ["ADJ", "NOUN", "verb"]
    assert (probe.predict(X) == names).mean() > 0.5
    numbers = ElasticNetProbe().fit(X, np.searchsorted(probe.classes_, names))
    np.testing.assert_array_equal(probe.coef_, numbers.coef_)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(probe)).predict(X), probe.predict(X))


def test_predictions__are_the_softmax_of_the_scores():
    X, y = made(6)
    probe = ElasticNetProbe().fit(X, y)
    scores = X @ probe.coef_.T + probe.intercept_
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probe.predict_proba(X), expected, atol=1e-12)
    np.testing.assert_array_equal(probe.predict(Design(X)), expected.argmax(axis=1))


def test_intercept__makes_the_predicted_shares_the_true_ones():
    X, y = made(7)
    proba = ElasticNetProbe(1e-2, 1e-2).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(proba.mean(axis=0), np.bincount(y) / len(y), atol=1e-9)


def test_doubled_class_weight__equals_words_said_twice():
    X, y = made(8)
    weighted = ElasticNetProbe(1e-2, 1e-2, tolerance=1e-8, class_weight={1: 2.0}).fit(X, y)
    twice = np.concatenate([np.arange(len(y)), np.flatnonzero(y == 1)])
    repeated = ElasticNetProbe(1e-2, 1e-2, tolerance=1e-8).fit(X[twice], y[twice])
    np.testing.assert_allclose(weighted.coef_, repeated.coef_, atol=1e-3)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan])
def test_class_weights_that_are_not_positive__are_refused(weight):
    with pytest.raises(InputError, match="a weight is a positive number"):
        ElasticNetProbe(class_weight={0: weight}).fit(*made(8))


@pytest.mark.parametrize("kind", [np.asarray, Design])
def test_one_label__is_refused(kind):
    with pytest.raises(InputError, match="at least two labels; all words, 120, are of one class, 7"):
        ElasticNetProbe().fit(kind(made(9)[0]), np.full(120, 7))


def test_other_wrong_input__is_refused():
    X, y = made(9)
    with pytest.raises(InputError, match="X has 120 words, but there are 119 labels"):
        ElasticNetProbe().fit(Design(X), y[1:])
    with pytest.raises(InputError, match="There is no solver 'sgd'; the solvers are certified, authors"):
        ElasticNetProbe(solver="sgd").fit(X, y)
    with pytest.raises(InputError, match="l1=-1"):
        ElasticNetProbe(l1=-1).fit(X, y)
    with pytest.raises(InputError, match="X has 5 features, but ElasticNetProbe is expecting 6"):
        ElasticNetProbe().fit(X, y).predict(Design(X[:, :5]))


@pytest.mark.parametrize("numbers", [(1e-5, 1e-5), (1e-2, 0.0), (0.0, 1e-3)])
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_constant_and_duplicated_neurons__are_solved(numbers, precision):
    X, y = made(10)
    X = np.concatenate([X, X, np.full((len(X), 1), 3.0), np.zeros((len(X), 1))], axis=1).astype(precision)
    probe = ElasticNetProbe(*numbers).fit(X, y)
    assert probe.gap_ <= 1e-3 * probe.objective_
    assert objective_of(probe, X.astype(float), y) == pytest.approx(probe.objective_, rel=1e-5)
    assert np.abs(probe.coef_[:, -2:]).max() < 1e-3


def test_neurons_that_never_vary__get_no_weight_and_the_labels_shares():
    _, y = made(11)
    probe = ElasticNetProbe().fit(np.ones((len(y), 3)), y)
    assert not probe.coef_.any()
    np.testing.assert_allclose(probe.predict_proba(np.ones((1, 3)))[0], np.bincount(y) / len(y), atol=1e-9)


def test_one_word_a_label__is_solved():
    X = np.random.default_rng(12).standard_normal((5, 3))
    probe = ElasticNetProbe(1e-3, 1e-3).fit(X, np.arange(5))
    assert probe.gap_ <= 1e-3 * probe.objective_


@pytest.mark.parametrize("numbers", [(1e-5, 1e-5), (1e-2, 1e-3), (2e-2, 0.0), (0.0, 1e-3)])
def test_more_neurons_than_words__are_solved(numbers):
    X, y = made(13, words=30, neurons=100)
    probe = ElasticNetProbe(*numbers).fit(X, y)
    assert probe.gap_ <= 1e-3 * probe.objective_


def test_enough_penalty__leaves_no_weights():
    X, y = made(14)
    probe = ElasticNetProbe(10.0, 0.0).fit(X, y)
    assert not probe.coef_.any() and probe.n_iter_ == 0


def test_separable_words_without_a_penalty__end_with_a_warning():
    X = np.random.default_rng(15).standard_normal((60, 4))
    with pytest.warns(ConvergenceWarning, match="with a gradient of up to"):
        probe = ElasticNetProbe(0, 0, tolerance=1e-300, max_iter=60).fit(X, X[:, 0] > 0)
    assert np.isfinite(probe.coef_).all() and np.isfinite(probe.intercept_).all()
    assert probe.score(X, X[:, 0] > 0) == 1


@pytest.mark.parametrize("numbers", [(1e-3, 1e-3), (1e-2, 0.0), (0.0, 1e-3)])
@pytest.mark.parametrize("precision", [np.float32, np.float64])
def test_a_tolerance_out_of_reach__ends_with_a_warning(numbers, precision):
    X, y = made(16)
    with pytest.warns(ConvergenceWarning, match="further steps gain next to nothing"):
        probe = ElasticNetProbe(*numbers, tolerance=0, max_iter=5000).fit(X.astype(precision), y)
    assert probe.n_iter_ < 500


def test_too_few_steps__end_with_a_warning():
    with pytest.warns(ConvergenceWarning, match=r"stopped after 1 steps.*max_iter \(now 1\)"):
        ElasticNetProbe(max_iter=1).fit(*made(17))


def test_enormous_values__are_fitted_and_the_known_bound_is_reported():
    X, y = made(18, labels=4)
    plain = ElasticNetProbe(0, 0, tolerance=1e-6).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="standardise the neurons"):
        probe = ElasticNetProbe().fit((X * 1e4).astype(np.float32), y)
    assert probe.objective_ == pytest.approx(plain.objective_, rel=1e-4)
