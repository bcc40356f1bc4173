"""What the certified solver needs of a penalty."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor


class Penalty(Protocol):
    """A convex penalty of a probe's weights, (L, D): a part that `shrink` handles, plus ``ridge`` / 2 ||theta||^2.

    A new penalty is a file in this package with a class that offers these members; the solver refuses one that lacks
    any before it starts. Without the conjugate there is no duality gap, so non-convex penalties (MCP, SCAD) do not fit.
    """

    @property
    def ridge(self) -> float:
        """Second derivative of the quadratic part."""

    @property
    def smooth(self) -> bool:
        """Whether only the quadratic part is left."""

    @property
    def bounds(self) -> bool:
        """Whether the penalty allows a lower bound of the optimum; it does not if it is 0 everywhere."""

    def check(self, neurons: int) -> None:
        """Refuse, with an `InputError`, weights of this number of neurons, D, that the penalty is not made for."""

    def value(self, weights: Tensor) -> float:
        """The penalty of the weights."""

    def subgradient(self, weights: Tensor) -> Tensor:
        """Any subgradient at the weights, (L, D), the quadratic part included."""

    def shrink(self, weights: Tensor, strength: Tensor) -> Tensor:
        """The proximal step of the part that is not quadratic, for a positive strength, (L, 1)."""

    def centre(self, weights: Tensor) -> Tensor:
        """Weights with the same differences between labels and a penalty that is not larger."""

    def conjugate(self, slope: Tensor) -> float:
        """max over theta of <slope, theta> - penalty(theta); infinite where there is no largest value."""

    def bounded(self, slope: Tensor) -> float:
        """The largest factor in [0, 1] at which the conjugate of ``slope`` is finite."""

    def stationarity(self, weights: Tensor, gradient: Tensor) -> float:
        """Largest entry of the smallest subgradient of the objective (a KKT residual), given that of the loss."""
