"""The elastic-net penalty of a probe's weights (Zou & Hastie 2005)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fairseq_neurons.probing.penalties.norm_and_squares import NormAndSquares


@dataclass(frozen=True)
class ElasticNet(NormAndSquares):
    """``l1`` ||theta||_1 + ``l2`` ||theta||_2^2 (Dalvi et al. 2019, "Linguistic Correlation Analysis").

    Args:
        l1: lambda_1, factor of the sum of absolute weights.
        l2: lambda_2, factor of the sum of squared weights.

    Raises:
        InputError: if one is negative or not finite.
    """

    def check(self, neurons: int) -> None:
        """Accept any number of neurons."""

    def value(self, weights: Tensor) -> float:
        """The penalty of the weights, (L, D)."""
        absolute, squares = weights.abs().sum(dtype=torch.float64), (weights * weights).sum(dtype=torch.float64)
        return (self.l1 * absolute + self.l2 * squares).item()

    def subgradient(self, weights: Tensor) -> Tensor:
        """A subgradient of the penalty at the weights, (L, D)."""
        return self.ridge * weights + self.l1 * weights.sign()

    def shrink(self, weights: Tensor, strength: Tensor) -> Tensor:
        """Proximal step of the L1 part: argmin_z l1 ||z||_1 + strength / 2 ||z - weights||^2.

        Args:
            weights: (L, D).
            strength: positive, (L, 1).
        """
        return torch.sign(weights) * (weights.abs() - self.l1 / strength).clamp(min=0)

    def centre(self, weights: Tensor) -> Tensor:
        """Weights with the same differences between labels, hence the same softmax, and the smallest penalty.

        argmin_c l1 ||w - c||_1 + l2 ||w - c||^2 of the weights w of a neuron is the median of w and of
        mean(w) + l1 (L - 2 k) / (2 l2 L), k = 0 to L (Li & Osher 2009, "A new median formula").

        Args:
            weights: (L, D).
        """
        if self.l1 == self.l2 == 0:
            return weights
        labels = len(weights)
        pull = torch.arange(labels, -labels - 1, -2, dtype=weights.dtype, device=weights.device) * (self.l1 / labels)
        # Without l2, everything between the two middle weights is optimal; choose 0 if it lies there.
        offsets = pull / self.ridge if self.ridge else torch.where(pull == 0, pull, pull * torch.inf)
        anchors = offsets[:, None] + (weights.mean(0) if self.ridge else torch.zeros_like(weights[0]))
        return weights - torch.cat([weights, anchors]).median(0).values

    def conjugate(self, slope: Tensor) -> float:
        """sup over theta of <slope, theta> - penalty(theta); infinite if l2 is 0 and an entry exceeds l1.

        Args:
            slope: (L, D).
        """
        return self.conjugate_of_excess(slope.abs(), self.l1)

    def dual_scale(self, slope: Tensor) -> float:
        """The largest factor t in [0, 1] for which the conjugate of t * slope is finite."""
        if self.l2 > 0:
            return 1.0
        largest = slope.abs().max().item()
        return 1.0 if largest <= self.l1 else self.l1 / largest * (1 - 4 * torch.finfo(slope.dtype).eps)

    def stationarity(self, weights: Tensor, gradient: Tensor) -> float:
        """Largest entry of the smallest subgradient of the objective (a KKT residual), 0 at the optimum.

        Args:
            weights: (L, D).
            gradient: gradient of the loss, (L, D).
        """
        slope = gradient + self.ridge * weights
        at_zero = (slope.abs() - self.l1).clamp(min=0)
        elsewhere = (slope + self.l1 * torch.sign(weights)).abs()
        return torch.where(weights == 0, at_zero, elsewhere).max().item()
