"""What the penalties of this package share: a norm of the weights and the sum of their squares, each with a factor."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from fairseq_neurons.errors import InputError


@dataclass(frozen=True)
class NormAndSquares:
    """``l1`` times a norm of the weights + ``l2`` ||theta||_2^2.

    Args:
        l1: lambda_1, factor of the norm.
        l2: lambda_2, factor of the sum of squared weights.

    Raises:
        InputError: if one is negative or not finite.
    """

    l1: float
    l2: float

    def __post_init__(self) -> None:
        for name, value in (("l1", self.l1), ("l2", self.l2)):
            if not (math.isfinite(value) and value >= 0):
                raise InputError(f"{name}={value}: a penalty is zero or a positive number.")

    @property
    def ridge(self) -> float:
        """Second derivative of the quadratic part."""
        return 2 * self.l2

    @property
    def smooth(self) -> bool:
        """Whether the penalty is the quadratic part alone."""
        return self.l1 == 0

    @property
    def has_bound(self) -> bool:
        """Whether there is a lower bound of the optimum."""
        return bool(self.l1 or self.l2)

    def conjugate_of_excess(self, dual: Tensor, limit: float | Tensor) -> float:
        """sup over theta of <slope, theta> - penalty(theta); infinite if l2 is 0 and a dual norm exceeds its limit.

        Args:
            dual: dual norms of the slope.
            limit: the largest dual norms at which weights of 0 are optimal; broadcasts with ``dual``.
        """
        excess = (dual - limit).clamp(min=0).double()
        if self.l2 > 0:
            return ((excess * excess).sum() / (4 * self.l2)).item()
        return math.inf if bool(excess.any()) else 0.0
