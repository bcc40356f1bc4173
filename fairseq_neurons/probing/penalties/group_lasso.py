"""The group lasso over blocks of neurons (Yuan & Lin 2006): each label uses all neurons of a block or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.penalties.norm_and_squares import NormAndSquares


@dataclass(frozen=True)
class GroupLasso(NormAndSquares):
    """``l1`` sum_lb sqrt(d_b) ||theta_lb||_2 + ``l2`` ||theta||_2^2, theta_lb the weights of label l for block b.

    ``GroupLasso(1e-3, 1e-5, [block.size for block in neurons.blocks])`` selects the layers and directions that predict
    a label. With blocks of one neuron it is the elastic net.

    Args:
        l1: lambda_1, factor of the sum of norms.
        l2: lambda_2, factor of the sum of squared weights.
        sizes: d_b, number of neurons of each block, in the order of the columns.

    Raises:
        InputError: if a number is negative or not finite, or a block is empty.
    """

    sizes: Sequence[int]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.sizes or min(self.sizes) < 1:
            raise InputError(f"sizes={list(self.sizes)}: give the number of neurons of each block, at least 1.")

    def check(self, neurons: int) -> None:
        """Check that the blocks have this number of neurons together.

        Raises:
            InputError: naming both numbers.
        """
        if sum(self.sizes) != neurons:
            raise InputError(f"sizes={list(self.sizes)} are {sum(self.sizes)} neurons, but there are {neurons}.")

    def value(self, weights: Tensor) -> float:
        """The penalty of the weights, (L, D)."""
        squares = (weights * weights).sum(dtype=torch.float64)
        return ((self._norms(weights).double() * self._limits(weights).double()).sum() + self.l2 * squares).item()

    def subgradient(self, weights: Tensor) -> Tensor:
        """A subgradient of the penalty at the weights, (L, D)."""
        return self.ridge * weights + self._direction(weights)

    def shrink(self, weights: Tensor, strength: Tensor) -> Tensor:
        """Proximal step: shorten every theta_lb by l1 sqrt(d_b) / strength, at most to 0; strength is (L, 1)."""
        norms = self._norms(weights)  # (L, B)
        kept = (1 - self._limits(weights) / (strength * norms.clamp(min=1e-30))).clamp(min=0)
        return weights * kept[:, self._block]

    def centre(self, weights: Tensor) -> Tensor:
        """Return the weights unchanged: the best shift, a geometric median, has no closed form."""
        return weights

    def conjugate(self, slope: Tensor) -> float:
        """sup over theta of <slope, theta> - penalty(theta), slope (L, D); may be infinite if l2 is 0."""
        return self.conjugate_of_excess(self._norms(slope), self._limits(slope))

    def dual_scale(self, slope: Tensor) -> float:
        """The largest factor t in [0, 1] for which the conjugate of t * slope is finite."""
        if self.l2 > 0:
            return 1.0
        largest = (self._norms(slope) / self._limits(slope).clamp(min=1e-30)).max().item()
        return 1.0 if largest <= 1 else (1 - 8 * torch.finfo(slope.dtype).eps) / largest

    def stationarity(self, weights: Tensor, gradient: Tensor) -> float:
        """Largest entry of the smallest subgradient of the objective, 0 at the optimum (a KKT residual)."""
        slope = gradient + self.ridge * weights
        unused = (self._norms(weights) == 0)[:, self._block]
        residual = torch.where(
            unused, self.shrink(slope, torch.ones_like(slope[:, :1])), slope + self._direction(weights)
        )
        return residual.abs().max().item()

    @cached_property
    def _block(self) -> Tensor:
        """The block of every neuron, (D,)."""
        return torch.repeat_interleave(torch.arange(len(self.sizes)), torch.tensor(list(self.sizes)))

    def _limits(self, weights: Tensor) -> Tensor:
        """l1 sqrt(d_b), (B,)."""
        return self.l1 * torch.tensor(list(self.sizes), dtype=weights.dtype, device=weights.device).sqrt()

    def _norms(self, weights: Tensor) -> Tensor:
        """||theta_lb||_2, (L, B)."""
        squares = torch.zeros(len(weights), len(self.sizes), dtype=weights.dtype, device=weights.device)
        return squares.index_add_(1, self._block.to(weights.device), weights * weights).sqrt()

    def _direction(self, weights: Tensor) -> Tensor:
        """Gradient of the norms, (L, D); 0 where a norm is 0."""
        scale = self._limits(weights) / self._norms(weights).clamp(min=1e-30)
        return weights * scale[:, self._block]
