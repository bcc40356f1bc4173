"""The step of the solver: a quadratic model of the loss, plus the penalty, minimised."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from fairseq_neurons.probing.penalties.penalty import Penalty
from fairseq_neurons.probing.solvers.secants import Curvature
from fairseq_neurons.probing.solvers.step_metric import Metric

ROUNDS = 20
# Of the step's length; the next gradient mends what is left.
TOLERANCE = 1e-2
# The first strength of the coupling, in units of the mean curvature, and its limits.
COUPLING = 0.1
WEAKEST, STRONGEST = 1e-4, 1.0


class Subproblem:
    """min over Z of <g, Z - W> + 1/2 (Z - W)' B (Z - W) + penalty(Z), by ADMM (Boyd et al. 2011).

    One copy of the weights meets the quadratic part, in the metric's basis, the other the penalty; they are made
    equal. The price of their difference is kept from call to call, so that a few rounds are enough, and so is the
    strength of the coupling, which is balanced between calls (their section 3.4.1).

    Args:
        penalty: of the weights.
    """

    def __init__(self, penalty: Penalty) -> None:
        self.penalty = penalty
        self._price: Tensor | None = None
        self._strength = COUPLING

    def minimise(self, metric: Metric, curvature: Curvature, weights: Tensor, gradient: Tensor) -> Tensor:
        """Z, (L, D), with exact zeros.

        B knows nothing of a shift that all labels share, which does not change the loss: Z is centred.

        Args:
            metric: whose basis ``curvature`` is in.
            curvature: B.
            weights: W, (L, D).
            gradient: g, (L, D).
        """
        right = curvature.times(metric.turn(weights)) - metric.turn(gradient)
        ridge = torch.full_like(metric.labels, max(self.penalty.ridge, _floor(metric)))[:, None]
        if self.penalty.smooth:
            found = metric.back(curvature.shifted(ridge).solve(right))
        else:
            coupling = self._strength * metric.labels[:, None] * metric.spectrum.mean() + 1e-12
            inverse = curvature.shifted(ridge + coupling)
            found = self._agree(
                lambda Z: metric.back(inverse.solve(right + metric.turn(coupling * Z))), weights, coupling
            )
        return self.penalty.centre(found)

    def _agree(self, quadratic: Callable[[Tensor], Tensor], weights: Tensor, coupling: Tensor) -> Tensor:
        """Rounds of ADMM from (L, D) weights; ``quadratic`` minimises the one part near its argument."""
        price = (self._price if self._price is not None else torch.zeros_like(weights)) / coupling
        Z = weights
        for _ in range(ROUNDS):
            V = quadratic(Z - price)
            before, Z = Z, self.penalty.shrink(V + price, coupling)
            price = price + V - Z
            length, apart, moved = (Z - weights).norm(), (V - Z).norm(), (Z - before).norm()
            if max(apart, moved) <= TOLERANCE * length:
                break
        self._price = price * coupling
        self._balance(apart.item(), moved.item())
        return Z

    def _balance(self, apart: float, moved: float) -> None:
        """Couple the copies more strongly if they are far apart, less if they keep each other from moving."""
        if apart > 2 * moved:
            self._strength = min(2 * self._strength, STRONGEST)
        elif moved > 2 * apart:
            self._strength = max(self._strength / 2, WEAKEST)


def _floor(metric: Metric) -> float:
    """Keeps the quadratic part invertible where the penalty has none."""
    return 1e-7 * (metric.labels.mean() * metric.spectrum.mean()).item() + 1e-30
