"""The certified solver: proximal quasi-Newton steps until the duality gap reaches the tolerance."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from fairseq_neurons.probing.block_passes import scores_of
from fairseq_neurons.probing.duality_gap import Certificate
from fairseq_neurons.probing.solvers.fit_problem import Iterate, Problem
from fairseq_neurons.probing.solvers.loss_geometry import Geometry
from fairseq_neurons.probing.solvers.step_metric import Metric
from fairseq_neurons.probing.solvers.subproblem import Subproblem

SHORTEST_STEP = 1e-4
# The solver gives up if the objective has hardly decreased over this many steps: by less than its rounding error, or
# than this share of the tolerance. With very weak penalties, the bound may lag behind an objective that has converged.
STALL_STEPS = 20
STALL_SHARE = 0.01

Watch = Callable[[Tensor, Tensor], None]


@dataclass
class Solution:
    """A probe's weights and their certificate.

    Args:
        weights: (L, D).
        bias: (L,).
        certificate: bounds the distance from the optimum.
        iterations: number of steps.
        converged: whether the tolerance was reached.
        geometry: estimate of the loss's curvature, for the next fit on the same words.
    """

    weights: Tensor
    bias: Tensor
    certificate: Certificate
    iterations: int
    converged: bool
    geometry: Geometry | None = None


def minimise(
    problem: Problem,
    weights: Tensor,
    bias: Tensor,
    tolerance: float,
    max_iter: int,
    geometry: Geometry | None = None,
    watch: Watch | None = None,
) -> Solution:
    """Minimise by proximal quasi-Newton steps (Lee, Sun & Saunders 2014), in a metric that is computed once or twice.

    Every step is one pass for the scores, one for the gradient, and a small problem in L x D numbers.

    Args:
        problem: the problem.
        weights: where to start, (L, D), unless the objective is lower at zero weights.
        bias: where the search for the optimal bias starts, (L,).
        tolerance: stop if the duality gap is at most this share of the objective. Without a penalty there is no bound:
            then stop if the gradient is at most this share of the gradient at zero weights and the last step decreased
            the objective by at most this share.
        max_iter: maximum number of steps.
        geometry: of an earlier fit on the same words, with any penalty.
        watch: called with the weights and the bias after every step.

    Raises:
        InputError: if the loss or the penalty lacks a member that the solver uses.
    """
    problem.check()
    now, steps, geometry = problem.first_iterate(weights, bias), Subproblem(problem.penalty), geometry or Geometry()
    certificate, iterations, lost = problem.certificate(now), 0, False
    objectives = deque([now.objective], maxlen=STALL_STEPS + 1)
    while not _done(problem, certificate, objectives, tolerance) and iterations < max_iter:
        if _stalled(problem, objectives, tolerance):
            break
        metric = geometry.update(problem.design, problem.loss, now.at)
        following = _step(problem, metric, geometry, steps, now)
        iterations += 1
        if following is None and lost:
            break
        lost = following is None
        if following is None:
            # The estimate of the curvature may be outdated: try once more without it.
            geometry.reset()
            continue
        geometry.add_step(metric, following.weights - now.weights, following.gradient - now.gradient)
        now = following
        objectives.append(now.objective)
        certificate = problem.certificate(now, certificate.bound)
        if watch is not None:
            watch(now.weights, now.at.bias)
    converged = _done(problem, certificate, objectives, tolerance)
    return Solution(now.weights, now.at.bias, certificate, iterations, converged, geometry)


def _noise(problem: Problem) -> float:
    """Relative rounding error of the objective, a sum in float64 of terms in the precision of the neurons."""
    return 0.1 * torch.finfo(problem.design.dtype).eps


def _done(problem: Problem, certificate: Certificate, objectives: Sequence[float], tolerance: float) -> bool:
    """Whether the tolerance is reached; without a bound, judged by the gradient and the last decrease."""
    if problem.penalty.has_bound:
        # The bound has the same rounding error.
        return max(certificate.relative, _noise(problem)) <= tolerance
    settled = len(objectives) > 1 and objectives[-2] - objectives[-1] <= tolerance * objectives[-1]
    return settled and certificate.stationarity <= tolerance * problem.dual.largest_gradient


def _stalled(problem: Problem, objectives: Sequence[float], tolerance: float) -> bool:
    least = max(_noise(problem), STALL_SHARE * tolerance)
    return len(objectives) > STALL_STEPS and objectives[-1] >= objectives[0] * (1 - least)


def _step(problem: Problem, metric: Metric, geometry: Geometry, steps: Subproblem, now: Iterate) -> Iterate | None:
    """Minimise the model and halve the step until the objective decreases; None if it never does.

    Scores are linear in the weights, so a shorter step needs no pass over the neurons.
    """
    target = steps.minimise(metric, geometry.curvature(metric), now.weights, now.gradient)
    scores = scores_of(problem.design, target)
    share, weights = 1.0, target
    while share >= SHORTEST_STEP:
        at, objective = problem.evaluate(weights, now.at.bias, scores)
        if objective <= now.objective * (1 + _noise(problem)):
            return problem.iterate(weights, at, objective)
        share /= 2
        weights = now.weights + share * (target - now.weights)
        scores.add_(now.at.scores).mul_(0.5)
    return None
