"""Limited-memory BFGS: a diagonal curvature corrected by the secant pairs of the last steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

MEMORY = 30


class Secants:
    """The last secant pairs: steps and the changes of the gradient, (L, D) each, in the basis of a metric.

    Args:
        memory: maximum number of pairs.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self.pairs: deque[tuple[Tensor, Tensor]] = deque(maxlen=memory)

    def add(self, step: Tensor, change: Tensor) -> None:
        """Add a pair, unless the loss has no measurable curvature along the step."""
        curvature = (step.double() * change.double()).sum()
        if curvature > 1e-10 * step.norm() * change.norm() and curvature > 0:
            self.pairs.append((step, change))

    def change_basis(self, transform: Callable[[Tensor], Tensor]) -> None:
        """Transform all pairs to another basis."""
        self.pairs = deque(((transform(s), transform(y)) for s, y in self.pairs), maxlen=self.pairs.maxlen)

    def clear(self) -> None:
        """Remove all pairs."""
        self.pairs.clear()


class Curvature:
    """B = H - K M^-1 K' with diagonal H, the compact form of BFGS (Byrd, Nocedal & Schnabel 1994, theorem 2.3).

    Args:
        diagonal: H, (L, D), positive.
        secants: n pairs in the basis of H.
    """

    def __init__(self, diagonal: Tensor, secants: Secants) -> None:
        self.diagonal = diagonal
        self._K: Tensor | None = None
        if secants.pairs:
            S, Y = (torch.stack(kind).flatten(1) for kind in zip(*secants.pairs, strict=True))  # (n, L D) each
            HS = S * diagonal.flatten()
            SY = S.double() @ Y.double().T
            lower = torch.tril(SY, -1)
            self._M = torch.cat(
                [
                    torch.cat([S.double() @ HS.double().T, lower], 1),
                    torch.cat([lower.T, -torch.diag(torch.diag(SY))], 1),
                ]
            )
            self._K = torch.cat([HS, Y])  # (2n, L D)

    def times(self, weights: Tensor) -> Tensor:
        """Multiply B by weights, (L, D)."""
        result = self.diagonal * weights
        if self._K is not None:
            inner = torch.linalg.solve(self._M, (self._K @ weights.flatten()).double())
            result = result - (inner.to(weights.dtype) @ self._K).view_as(weights)
        return result

    def shifted(self, shift: Tensor) -> Shifted:
        """Add a diagonal, (L, 1) or (L, D), and prepare solving with the sum."""
        return Shifted(self.diagonal + shift, self._K, None if self._K is None else self._M)


class Shifted:
    """(P - K M^-1 K')^-1 with diagonal P, by the Woodbury identity."""

    def __init__(self, diagonal: Tensor, K: Tensor | None, M: Tensor | None) -> None:
        self.diagonal, self._K = diagonal, K
        if K is not None and M is not None:
            self._PK = K / diagonal.flatten()
            self._inner = torch.linalg.inv(M - K.double() @ self._PK.double().T)

    def solve(self, right: Tensor) -> Tensor:
        """Solve for the right-hand side, (L, D)."""
        result = right / self.diagonal
        if self._K is not None:
            inner = self._inner @ (self._K @ result.flatten()).double()
            result = result + (inner.to(right.dtype) @ self._PK).view_as(right)
        return result
