"""The subproblem of each solver step: minimise a quadratic model of the loss plus the penalty."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from fairseq_neurons.probing.penalties.penalty import Penalty
from fairseq_neurons.probing.solvers.secants import Curvature
from fairseq_neurons.probing.solvers.step_metric import Metric

ROUNDS = 20
# Residuals relative to the length of the step. The next step corrects the remaining error.
TOLERANCE = 1e-2
# The first ADMM penalty (rho), in units of the mean curvature, and its limits.
RHO = 0.1
LEAST_RHO, MOST_RHO = 1e-4, 1.0


class Subproblem:
    """min over Z of <g, Z - W> + 1/2 (Z - W)' B (Z - W) + penalty(Z), by ADMM (Boyd et al. 2011).

    One copy of the weights minimises the quadratic part, in the metric's basis, the other the penalty. The dual
    variable of their equality is kept between calls, so that a few rounds are enough. So is rho, which balances the
    residuals between calls (their section 3.4.1).

    Args:
        penalty: penalty of the weights.
    """

    def __init__(self, penalty: Penalty) -> None:
        self.penalty = penalty
        self._dual: Tensor | None = None
        self._rho = RHO

    def minimise(self, metric: Metric, curvature: Curvature, weights: Tensor, gradient: Tensor) -> Tensor:
        """Compute Z, (L, D), with exact zeros.

        A shift shared by all labels does not change the loss, but B does not know that. So Z is centred.

        Args:
            metric: metric whose basis ``curvature`` is in.
            curvature: B.
            weights: W, (L, D).
            gradient: g, (L, D).
        """
        right = curvature.times(metric.to_basis(weights)) - metric.to_basis(gradient)
        ridge = torch.full_like(metric.labels, max(self.penalty.ridge, _floor(metric)))[:, None]
        if self.penalty.smooth:
            found = metric.from_basis(curvature.shifted(ridge).solve(right))
        else:
            rho = self._rho * metric.labels[:, None] * metric.spectrum.mean() + 1e-12
            inverse = curvature.shifted(ridge + rho)
            found = self._admm(
                lambda Z: metric.from_basis(inverse.solve(right + metric.to_basis(rho * Z))), weights, rho
            )
        return self.penalty.centre(found)

    def _admm(self, quadratic: Callable[[Tensor], Tensor], weights: Tensor, rho: Tensor) -> Tensor:
        """Run ADMM from weights (L, D); ``quadratic`` is the proximal step of the quadratic part, rho is (L, 1)."""
        scaled_dual = (self._dual if self._dual is not None else torch.zeros_like(weights)) / rho
        Z = weights
        for _ in range(ROUNDS):
            V = quadratic(Z - scaled_dual)
            before, Z = Z, self.penalty.shrink(V + scaled_dual, rho)
            scaled_dual = scaled_dual + V - Z
            length, primal, dual = (Z - weights).norm(), (V - Z).norm(), (Z - before).norm()
            if max(primal, dual) <= TOLERANCE * length:
                break
        self._dual = scaled_dual * rho
        self._balance(primal.item(), dual.item())
        return Z

    def _balance(self, primal: float, dual: float) -> None:
        """Adjust rho for the next call from the norms of both residuals."""
        if primal > 2 * dual:
            self._rho = min(2 * self._rho, MOST_RHO)
        elif dual > 2 * primal:
            self._rho = max(self._rho / 2, LEAST_RHO)


def _floor(metric: Metric) -> float:
    """A ridge that keeps the quadratic part invertible if the penalty has none."""
    return 1e-7 * (metric.labels.mean() * metric.spectrum.mean()).item() + 1e-30
