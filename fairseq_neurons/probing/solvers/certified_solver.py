"""The solver that says how far from the optimum it stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.block_passes import gradient_of, scores_of
from fairseq_neurons.probing.duality_gap import Certificate, Dual
from fairseq_neurons.probing.multinomial_loss import Evaluation, Multinomial
from fairseq_neurons.probing.penalties.penalty import Penalty
from fairseq_neurons.probing.solvers.loss_geometry import Geometry
from fairseq_neurons.probing.solvers.requirements import Loss, check_offers
from fairseq_neurons.probing.solvers.step_metric import Metric
from fairseq_neurons.probing.solvers.subproblem import Subproblem

SHORTEST = 1e-4
# So many steps without a gain that a number of this precision can hold, or that the tolerance would ever notice:
# with very weak penalties the bound may stay behind although the objective has long arrived.
STALLED = 20
HOPELESS = 0.01

Watch = Callable[[Tensor, Tensor], None]


@dataclass
class Solution:
    """A probe's weights and what is known of them.

    Args:
        weights: (L, D).
        bias: (L,).
        certificate: how far from the optimum they are at most.
        iterations: how many steps were taken.
        converged: whether the tolerance was reached.
        geometry: what was learnt of the loss's curvature, for the next fit on the same words.
    """

    weights: Tensor
    bias: Tensor
    certificate: Certificate
    iterations: int
    converged: bool
    geometry: Geometry | None = None


@dataclass
class Iterate:
    """Weights with the loss and its gradient there."""

    weights: Tensor
    at: Evaluation
    gradient: Tensor
    objective: float


@dataclass
class Problem:
    """One fit: the words, their labels' loss, and the penalty."""

    design: Design
    loss: Multinomial
    penalty: Penalty

    def check(self) -> None:
        """Refuse a loss or a penalty that the solver cannot use.

        Raises:
            InputError: naming what it lacks, or the number of neurons it is not made for.
        """
        check_offers(self.loss, Loss, "loss")
        check_offers(self.penalty, Penalty, "penalty")
        self.penalty.check(self.design.shape[1])

    @cached_property
    def dual(self) -> Dual:
        """What bounds the optimum from below: one pass over the neurons."""
        design, loss = self.design, self.loss

        def marks(rows: slice) -> Tensor:
            ones = torch.nn.functional.one_hot(loss.y[rows], loss.labels).to(design.dtype)
            return ones.mul_(loss.weight[rows, None])

        positives = gradient_of(design, marks, loss.labels)
        return Dual(loss, positives.sum(0), positives)

    def evaluate(self, weights: Tensor, bias: Tensor, scores: Tensor | None = None) -> tuple[Evaluation, float]:
        """The loss and the objective, (L, D) weights, the bias moved to its best from (L,)."""
        at = self.loss.evaluate(scores_of(self.design, weights) if scores is None else scores, bias)
        return at, at.loss + self.penalty.value(weights)

    def begin(self, weights: Tensor, bias: Tensor) -> Iterate:
        """The iterate at these weights, (L, D), or at none of them if they are worse than that."""
        at, objective = self.evaluate(weights, bias)
        if not objective <= self.loss.null * (1 + 1e-6):
            weights = torch.zeros_like(weights)
            at, objective = self.evaluate(weights, self.loss.start, torch.zeros_like(at.scores))
        return self.iterate(weights, at, objective)

    def iterate(self, weights: Tensor, at: Evaluation, objective: float) -> Iterate:
        """The same with the gradient."""
        gradient = gradient_of(self.design, lambda rows: self.loss.residual(at, rows), self.loss.labels)
        return Iterate(weights, at, gradient, objective)

    def certificate(self, now: Iterate, bound: float = -torch.inf) -> Certificate:
        """What is known at an iterate; ``bound`` from an earlier one may be better."""
        found = self.dual.bound(now.at, now.gradient, self.penalty)
        return Certificate(now.objective, max(bound, found), self.penalty.stationarity(now.weights, now.gradient))


def minimise(
    problem: Problem,
    weights: Tensor,
    bias: Tensor,
    tolerance: float,
    max_iter: int,
    geometry: Geometry | None = None,
    watch: Watch | None = None,
) -> Solution:
    """Proximal quasi-Newton steps (Lee, Sun & Saunders 2014) in a metric that is formed once or twice.

    Every step is one pass for the scores, one for the gradient, and a small problem in L x D numbers.

    Args:
        problem: what is minimised.
        weights: where to start, (L, D), unless no weights at all are better.
        bias: likewise, (L,).
        tolerance: stop when the duality gap is at most this share of the objective; where the penalty allows no bound
            (it is 0 everywhere), when the gradient is at most this share of that without any weights, and the last
            step gained no more than this share of the objective.
        max_iter: stop after as many steps.
        geometry: of an earlier fit on the same words, with whatever penalty.
        watch: called with the weights and the bias after every step.

    Raises:
        InputError: if the loss or the penalty lacks what the solver needs.
    """
    problem.check()
    now, steps, geometry = problem.begin(weights, bias), Subproblem(problem.penalty), geometry or Geometry()
    certificate, iterations, lost = problem.certificate(now), 0, False
    objectives = deque([now.objective], maxlen=STALLED + 1)
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
            # What is known of the curvature may be of long ago: once more without it.
            geometry.forget()
            continue
        geometry.learn(metric, following.weights - now.weights, following.gradient - now.gradient)
        now = following
        objectives.append(now.objective)
        certificate = problem.certificate(now, certificate.bound)
        if watch is not None:
            watch(now.weights, now.at.bias)
    converged = _done(problem, certificate, objectives, tolerance)
    return Solution(now.weights, now.at.bias, certificate, iterations, converged, geometry)


def _noise(problem: Problem) -> float:
    """Relative error of an objective, a sum in float64 of terms in the precision of the neurons."""
    return 0.1 * torch.finfo(problem.design.dtype).eps


def _done(problem: Problem, certificate: Certificate, objectives: Sequence[float], tolerance: float) -> bool:
    """Whether the bound shows it; without penalties there is none, and the gradient and the last gain have to do."""
    if problem.penalty.bounds:
        # A bound is itself no more exact than this.
        return max(certificate.relative, _noise(problem)) <= tolerance
    gained = len(objectives) > 1 and objectives[-2] - objectives[-1] <= tolerance * objectives[-1]
    return gained and certificate.stationarity <= tolerance * problem.dual.steepest


def _stalled(problem: Problem, objectives: Sequence[float], tolerance: float) -> bool:
    least = max(_noise(problem), HOPELESS * tolerance)
    return len(objectives) > STALLED and objectives[-1] >= objectives[0] * (1 - least)


def _step(problem: Problem, metric: Metric, geometry: Geometry, steps: Subproblem, now: Iterate) -> Iterate | None:
    """Minimise the model; go there, or half as far until the objective falls; None if it never does.

    Scores are linear in the weights: a shorter step costs no pass over the neurons.
    """
    target = steps.minimise(metric, geometry.curvature(metric), now.weights, now.gradient)
    scores = scores_of(problem.design, target)
    share, weights = 1.0, target
    while share >= SHORTEST:
        at, objective = problem.evaluate(weights, now.at.bias, scores)
        if objective <= now.objective * (1 + _noise(problem)):
            return problem.iterate(weights, at, objective)
        share /= 2
        weights = now.weights + share * (target - now.weights)
        scores.add_(now.at.scores).mul_(0.5)
    return None
