"""The protocol of penalties: the members that the certified solver uses."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class Penalty(Protocol):
    """A convex penalty of a probe's weights, (L, D).

    It is the sum of a part whose proximal step is `shrink` and of ``ridge`` / 2 ||theta||_2^2. A new penalty is one
    file with a class that has these members; the solver checks before it starts that none is missing. The duality gap
    needs the conjugate, so non-convex penalties (MCP, SCAD) are not supported.
    """

    @property
    def ridge(self) -> float:
        """Second derivative of the quadratic part."""

    @property
    def smooth(self) -> bool:
        """Whether the penalty is the quadratic part alone."""

    @property
    def has_bound(self) -> bool:
        """Whether there is a lower bound of the optimum; False if the penalty is 0 everywhere."""

    def check(self, neurons: int) -> None:
        """Raise an `InputError` if the penalty does not fit this number of neurons, D."""

    def value(self, weights: Tensor) -> float:
        """The penalty of the weights."""

    def subgradient(self, weights: Tensor) -> Tensor:
        """A subgradient of the penalty at the weights, (L, D), including the quadratic part."""

    def shrink(self, weights: Tensor, strength: Tensor) -> Tensor:
        """Proximal step of the non-quadratic part p: argmin_z p(z) + strength / 2 ||z - weights||^2.

        Args:
            weights: (L, D).
            strength: positive, (L, 1).
        """

    def centre(self, weights: Tensor) -> Tensor:
        """Weights with the same differences between labels and a penalty that is not larger."""

    def conjugate(self, slope: Tensor) -> float:
        """sup over theta of <slope, theta> - penalty(theta), slope (L, D); may be infinite."""

    def dual_scale(self, slope: Tensor) -> float:
        """The largest factor t in [0, 1] for which the conjugate of t * slope is finite."""

    def stationarity(self, weights: Tensor, gradient: Tensor) -> float:
        """Largest entry of the smallest subgradient of the objective (a KKT residual), 0 at the optimum.

        Args:
            weights: (L, D).
            gradient: gradient of the loss, (L, D).
        """
