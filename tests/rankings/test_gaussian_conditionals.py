"""Gaussians given a label and the selected neurons, against dense linear algebra."""

from __future__ import annotations

import numpy as np
import torch

from fairseq_neurons.rankings.gaussian_conditionals import PRIOR_WORDS, Conditionals, HeldOutWords
from tests.rankings.test_gaussian import Literal, correlated_words


def test_conditional_variances__are_those_of_the_full_covariance():
    X, y = correlated_words()
    literal = Literal(X, y, np.zeros(len(y), dtype=bool))
    gaussians = Conditionals(torch.from_numpy(X), torch.from_numpy(y), 3)
    for neuron in (7, 0, 3):
        gaussians.select(neuron)
    for label in range(4):
        full = literal.covariances[label]
        given = full[np.ix_([7, 0, 3], [7, 0, 3])]
        rest = full - full[:, [7, 0, 3]] @ np.linalg.solve(given, full[[7, 0, 3]])
        keep = [1, 2, 4, 5, 6, 8, 9, 10]
        np.testing.assert_allclose(gaussians.variances[label, keep], np.diag(rest)[keep], rtol=1e-9)


def test_constant_neurons__have_the_same_gaussian_under_every_label():
    X, y = correlated_words()
    X[:, 4] = 0.0
    gaussians = Conditionals(torch.from_numpy(X), torch.from_numpy(y), 1)
    assert gaussians.constant.nonzero().flatten().tolist() == [4]
    assert gaussians.variances[:, 4].tolist() == [1.0] * 4 and not gaussians.means[:, 4].any()


def test_covariances__are_shrunk_by_the_prior():
    X, y = correlated_words()
    gaussians = Conditionals(torch.from_numpy(X), torch.from_numpy(y), 1)
    within = np.mean((X - gaussians.means.numpy()[y]) ** 2, axis=0)
    # A single word has label 3: its variance is that within all labels, worth PRIOR_WORDS words.
    np.testing.assert_allclose(gaussians.variances[3], PRIOR_WORDS * within / (PRIOR_WORDS + 1), rtol=1e-9)


def test_log_likelihoods__are_those_of_bayes_rule_after_each_selection():
    X, y = correlated_words()
    held = np.arange(len(y)) % 4 == 0
    literal = Literal(X, y, held)
    gaussians = Conditionals(torch.from_numpy(X[~held]), torch.from_numpy(y[~held]), 2)
    prior = torch.from_numpy(np.bincount(y[~held]) / (~held).sum())
    words = HeldOutWords(torch.from_numpy(X[held]), torch.from_numpy(y[held]), prior, gaussians)
    for selected in ([], [7]):
        for neuron in selected:
            words.select(neuron)
        expected = literal.log_posteriors([*selected, 3])
        sums = [expected[y[held] == label].sum() for label in range(4)]
        np.testing.assert_allclose(words.log_likelihoods()[:, 3], sums, rtol=1e-9)
