"""The estimate of the curvature is kept while it is valid, and its secant pairs follow a new metric."""

from __future__ import annotations

import torch

from fairseq_neurons.probing.solvers.loss_geometry import Geometry
from tests.probing.made_problems import made, problem_of
from tests.probing.solvers.quadratic_models import D, L, drawn


def evaluations(*scales: float):
    """A problem, and evaluations at weights of these sizes: the larger, the less uncertain the labels."""
    problem = problem_of(*made(1, neurons=D, labels=L), 0, 0)
    return problem, [problem.evaluate(scale * drawn(1, L, D), problem.loss.start)[0] for scale in scales]


def test_metric__is_kept_until_the_uncertainty_has_changed_by_a_factor_of_two():
    problem, (small, close, large) = evaluations(0.1, 0.2, 10.0)
    uncertainty = [at.uncertainty.sum().item() for at in (small, close, large)]
    assert uncertainty[0] < 2 * uncertainty[1] and uncertainty[0] > 2 * uncertainty[2]
    geometry = Geometry()
    first = geometry.update(problem.design, problem.loss, small)
    assert geometry.update(problem.design, problem.loss, close) is first
    second = geometry.update(problem.design, problem.loss, large)
    assert second is geometry.metric is not first


def test_secant_pairs__are_the_same_weights_in_a_new_metrics_basis():
    problem, (small, large) = evaluations(0.1, 10.0)
    geometry, step = Geometry(), drawn(2, L, D)
    first = geometry.update(problem.design, problem.loss, small)
    geometry.add_step(first, step, 2 * step)
    second = geometry.update(problem.design, problem.loss, large)
    assert not torch.allclose(first.basis, second.basis)
    (found,) = geometry.secants.pairs
    for pair, expected in zip(found, (step, 2 * step), strict=True):
        torch.testing.assert_close(second.from_basis(pair), expected)


def test_curvature__maps_the_last_step_to_the_change_of_the_gradient():
    problem, (at,) = evaluations(1.0)
    geometry, step = Geometry(), drawn(2, L, D)
    metric = geometry.update(problem.design, problem.loss, at)
    change = step @ torch.diag(torch.arange(1.0, D + 1).double())
    geometry.add_step(metric, step, change)
    found = metric.from_basis(geometry.curvature(metric).times(metric.to_basis(step)))
    torch.testing.assert_close(found, change)


def test_reset__discards_metric_and_secant_pairs():
    problem, (at,) = evaluations(1.0)
    geometry = Geometry()
    metric = geometry.update(problem.design, problem.loss, at)
    geometry.add_step(metric, drawn(2, L, D), drawn(2, L, D))
    geometry.reset()
    assert geometry.metric is None and not geometry.secants.pairs
