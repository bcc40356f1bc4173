"""Intrinsic probing against a literal implementation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import gaussian_conditionals as conditionals
from fairseq_neurons.rankings.gaussian import _held_out, gaussian
from fairseq_neurons.rankings.gaussian_conditionals import PRIOR_WORDS
from tests.rankings.planted_neurons import LABELS, PLANTED, labelled_words


class Literal:
    """The method as described, with every Gaussian of every set of neurons computed from scratch."""

    def __init__(self, X: np.ndarray, y: np.ndarray, held: np.ndarray) -> None:
        self.train, self.held, self.y, self.y_held = X[~held], X[held], y[~held], y[held]
        self.labels = sorted(set(self.y.tolist()))
        own = {label: self.train[self.y == label] for label in self.labels}
        self.means = {label: values.mean(axis=0) for label, values in own.items()}
        scatter = {label: (own[label] - mean).T @ (own[label] - mean) for label, mean in self.means.items()}
        pooled = sum(scatter.values()) / len(self.y)
        self.covariances = {
            label: (PRIOR_WORDS * pooled + scatter[label]) / (PRIOR_WORDS + len(own[label])) for label in self.labels
        }
        self.log_prior = {label: np.log(np.mean(self.y == label)) for label in self.labels}

    def log_posteriors(self, neurons: list[int]) -> np.ndarray:
        """log p(label | neurons) of every held-out word."""
        joint = [
            self.log_prior[label]
            + multivariate_normal(self.means[label][neurons], self.covariances[label][np.ix_(neurons, neurons)]).logpdf(
                self.held[:, neurons]
            )
            for label in self.labels
        ]
        own = np.array([joint[self.labels.index(label)][i] for i, label in enumerate(self.y_held)])
        return own - logsumexp(joint, axis=0)

    def greedy(self, count: int) -> tuple[list[int], list[float], dict[int, float]]:
        """The selected neurons with their gains, and the gains of the others in the last step."""
        level = np.mean([self.log_prior[label] for label in self.y_held])
        selected: list[int] = []
        gains: list[float] = []
        for _ in range(count):
            others = [d for d in range(self.train.shape[1]) if d not in selected]
            current = {d: self.log_posteriors([*selected, d]).mean() - level for d in others}
            if max(current.values()) <= 0:
                break
            selected.append(max(current, key=lambda d: current[d]))
            gains.append(current.pop(selected[-1]))
            level += gains[-1]
        return selected, gains, current


def correlated_words(dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    X, y = labelled_words(dtype=np.float64)
    X = np.delete(X, 2, axis=1)
    return (X + 0.6 * X[:, ::-1] * np.array([1, -1, 0.5, 1])[y][:, None]).astype(dtype), y


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-9), (np.float32, 2e-5)])
@pytest.mark.parametrize("select", [1, 4, 11, 50])
def test_scores__equal_those_of_gaussians_fitted_from_scratch(dtype: type, tolerance: float, select: int, monkeypatch):
    monkeypatch.setattr(conditionals, "ELEMENTS", 700)
    X, y = correlated_words(dtype)
    selected, gains, others = Literal(X.astype(np.float64), y, _held_out(y, 1)).greedy(min(select, 11))
    scores = gaussian(Design(X), y, LABELS, select=select)
    order = np.argsort(-scores.overall, kind="stable").tolist()
    assert order == [*selected, *sorted(others, key=lambda d: -others[d])]
    raised = np.maximum.accumulate(gains[::-1])[::-1]
    np.testing.assert_allclose(scores.overall[selected], raised, atol=tolerance + 1e-7)
    np.testing.assert_allclose(scores.overall[list(others)], list(others.values()), atol=tolerance)


def test_neurons_that_lower_the_likelihood__are_not_selected():
    X, y = correlated_words()
    scores = gaussian(Design(X), y, LABELS).overall
    selected, gains, others = Literal(X, y, _held_out(y, 1)).greedy(11)
    assert 1 < len(selected) < 11 and min(gains) > 0 >= max(others.values())
    assert (scores > 0).sum() == len(selected)


def test_scores_of_a_label__are_its_words_mean_gain_from_single_neurons():
    X, y = correlated_words()
    literal = Literal(X, y, _held_out(y, 1))
    scores = gaussian(Design(X), y, LABELS, select=1)
    for label in range(3):
        for d in range(11):
            expected = literal.log_posteriors([d])[literal.y_held == label].mean() - literal.log_prior[label]
            assert scores.per_label[label, d] == pytest.approx(expected, abs=1e-9)
    shares = np.bincount(literal.y_held, minlength=LABELS) / len(literal.y_held)
    np.testing.assert_allclose(shares @ scores.per_label, scores.overall, atol=1e-9)


def test_a_copy_of_a_selected_neuron__is_not_selected_next():
    X, y = labelled_words()
    X[:, 0] = X[:, PLANTED]
    order = np.argsort(-gaussian(Design(X), y, LABELS, select=3).overall, kind="stable").tolist()
    assert order[0] == 0 and order.index(PLANTED) >= 3


def test_two_neurons_that_predict_only_jointly__are_selected_together():
    rng = np.random.default_rng(3)
    y = np.repeat([0, 1], 1000)
    X = rng.normal(size=(2000, 6))
    X[:, 4] = 0.5 * y + rng.normal(size=2000)
    X[:, 1] = np.where(y == 0, 1, -1) * X[:, 4] + 0.1 * rng.normal(size=2000)
    assert set(np.argsort(-gaussian(Design(X), y, 2, select=2).overall)[:2]) == {1, 4}


def test_scale_and_offset_of_neurons__change_no_score():
    X, y = correlated_words()
    plain = gaussian(Design(X), y, LABELS, select=5)
    moved = gaussian(Design(X * np.logspace(-6, 6, 11) + 3), y, LABELS, select=5)
    np.testing.assert_allclose(moved.overall, plain.overall, atol=1e-6)


def test_a_quarter_of_each_label__is_held_out_but_never_an_only_word():
    y = np.repeat([0, 1, 2, 3], [400, 2, 1, 7])
    held = _held_out(y, 1)
    assert [int(held[y == label].sum()) for label in range(4)] == [100, 1, 0, 2]
    assert (held != _held_out(y, 2)).any()


def test_selecting_no_neuron__is_refused():
    with pytest.raises(InputError, match="select=0"):
        gaussian(Design(np.eye(2)), np.array([0, 1]), 2, select=0)
