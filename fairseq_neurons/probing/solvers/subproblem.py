"""The step of the solver: a quadratic model of the loss, plus the penalty, minimised."""

from __future__ import annotations

import torch
from torch import Tensor

from fairseq_neurons.probing.elastic_net import ElasticNet
from fairseq_neurons.probing.solvers.metric import Metric
from fairseq_neurons.probing.solvers.secants import Curvature

ROUNDS = 20
# Of the step's length; the next gradient mends what is left.
TOLERANCE = 1e-2
# The strength of the coupling, in units of the mean curvature.
COUPLING = 0.1


class Subproblem:
    """min over Z of <g, Z - W> + 1/2 (Z - W)' B (Z - W) + penalty(Z), by ADMM (Boyd et al. 2011).

    One copy of the weights meets the quadratic part, in the metric's basis, the other the penalty; they are made
    equal. The price of their difference is kept from call to call, so that a few rounds are enough.

    Args:
        penalty: of the weights.
    """

    def __init__(self, penalty: ElasticNet) -> None:
        self.penalty = penalty
        self._price: Tensor | None = None

    def minimise(self, metric: Metric, curvature: Curvature, weights: Tensor, gradient: Tensor) -> Tensor:
        """Z, (L, D), with exact zeros.

        Args:
            metric: whose basis ``curvature`` is in.
            curvature: B.
            weights: W, (L, D).
            gradient: g, (L, D).
        """
        right = curvature.times(metric.turn(weights)) - metric.turn(gradient)
        ridge = torch.full_like(metric.labels, max(self.penalty.ridge, _floor(metric)))[:, None]
        if self.penalty.smooth:
            return metric.back(curvature.shifted(ridge).solve(right))
        coupling = COUPLING * metric.labels[:, None] * metric.spectrum.mean() + 1e-12
        inverse = curvature.shifted(ridge + coupling)
        price = self._price if self._price is not None else torch.zeros_like(weights)
        price = price / coupling
        Z = weights
        for _ in range(ROUNDS):
            V = metric.back(inverse.solve(right + metric.turn(coupling * (Z - price))))
            before, Z = Z, self.penalty.shrink(V + price, coupling)
            price = price + V - Z
            length = (Z - weights).norm()
            if (V - Z).norm() <= TOLERANCE * length and (Z - before).norm() <= TOLERANCE * length:
                break
        self._price = price * coupling
        return Z


def _floor(metric: Metric) -> float:
    """Keeps the quadratic part invertible where the penalty has none."""
    return 1e-7 * (metric.labels.mean() * metric.spectrum.mean()).item() + 1e-30
