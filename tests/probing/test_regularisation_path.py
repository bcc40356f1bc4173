"""Probes for many penalties: as good as single fits, wherever they begin."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing import ElasticNetProbe
from fairseq_neurons.probing.regularisation_path import path_order, regularisation_path
from tests.probing.made_problems import made

VALUES = (1e-1, 1e-2, 1e-3, 1e-4)


def test_path__reaches_what_single_fits_reach():
    X, y = made(3)
    for fitted in regularisation_path(Design(X), y, VALUES, VALUES, ElasticNetProbe(tolerance=1e-6)):
        single = ElasticNetProbe(fitted.l1, fitted.l2, tolerance=1e-6).fit(X, y)
        assert fitted.objective_ == pytest.approx(single.objective_, rel=2e-6)
        assert fitted.gap_ <= 1e-6 * fitted.objective_


def test_path__takes_fewer_steps_than_single_fits():
    X, y = made(3)
    path = regularisation_path(Design(X), y, VALUES, VALUES, ElasticNetProbe(tolerance=1e-6))
    steps = [(p.n_iter_, ElasticNetProbe(p.l1, p.l2, tolerance=1e-6).fit(X, y).n_iter_) for p in path]
    assert sum(warm for warm, _ in steps) < sum(single for _, single in steps)


def test_path__leaves_out_what_has_been_done_and_fits_no_pair_twice():
    X, y = made(3)
    order = path_order([*VALUES, VALUES[1]], VALUES[:2])
    assert len(order) == len(set(order)) == 8 and order[:3] == [(0.1, 0.1), (0.1, 0.01), (0.01, 0.01)]
    path = regularisation_path(Design(X), y, VALUES, VALUES[:2], ElasticNetProbe(), done=6)
    assert [(p.l1, p.l2) for p in path] == path_order(VALUES, VALUES[:2])[6:]


def test_curvature_of_other_penalties_that_leads_nowhere__is_forgotten():
    generator = np.random.default_rng(1)
    y = np.arange(160) % 3
    generator.shuffle(y)
    X = generator.normal(size=(160, 10)) + np.random.default_rng(0).normal(size=(3, 10))[y] / 2
    X[np.arange(160), y] += 3
    for fitted in regularisation_path(Design(X), y, [0.5], [0.5, 0.01], ElasticNetProbe(tolerance=1e-3)):
        assert fitted.gap_ <= 1e-3 * fitted.objective_
