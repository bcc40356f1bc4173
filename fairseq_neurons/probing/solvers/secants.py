"""What the last steps told about the curvature: a limited-memory BFGS matrix on top of a metric."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

MEMORY = 30


class Secants:
    """The last steps and what they changed in the gradient, (L, D) each, in the basis of a metric.

    Args:
        memory: how many are kept.
    """

    def __init__(self, memory: int = MEMORY) -> None:
        self.pairs: deque[tuple[Tensor, Tensor]] = deque(maxlen=memory)

    def add(self, step: Tensor, change: Tensor) -> None:
        """A step and the change of the gradient on it; forgotten where the loss does not bend measurably."""
        bend = (step.double() * change.double()).sum()
        if bend > 1e-10 * step.norm() * change.norm() and bend > 0:
            self.pairs.append((step, change))

    def rebase(self, change: Callable[[Tensor], Tensor]) -> None:
        """Put all into another basis."""
        self.pairs = deque(((change(s), change(y)) for s, y in self.pairs), maxlen=self.pairs.maxlen)

    def clear(self) -> None:
        """Forget all."""
        self.pairs.clear()


class Curvature:
    """B = H - K M^-1 K', the compact form of BFGS (Byrd, Nocedal & Schnabel 1994, theorem 2.3), H diagonal.

    Args:
        diagonal: H, (L, D), positive.
        secants: n pairs in the coordinates of H.
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
        """B applied to (L, D)."""
        result = self.diagonal * weights
        if self._K is not None:
            inner = torch.linalg.solve(self._M, (self._K @ weights.flatten()).double())
            result = result - (inner.to(weights.dtype) @ self._K).view_as(weights)
        return result

    def shifted(self, shift: Tensor) -> Shifted:
        """B + a diagonal, (L, 1) or (L, D), ready to be solved with."""
        return Shifted(self.diagonal + shift, self._K, None if self._K is None else self._M)


class Shifted:
    """(P - K M^-1 K')^-1 by the Woodbury identity, P diagonal."""

    def __init__(self, diagonal: Tensor, K: Tensor | None, M: Tensor | None) -> None:
        self.diagonal, self._K = diagonal, K
        if K is not None and M is not None:
            self._PK = K / diagonal.flatten()
            self._inner = torch.linalg.inv(M - K.double() @ self._PK.double().T)

    def solve(self, right: Tensor) -> Tensor:
        """The (L, D) that it maps to ``right``."""
        result = right / self.diagonal
        if self._K is not None:
            inner = self._inner @ (self._K @ result.flatten()).double()
            result = result + (inner.to(right.dtype) @ self._PK).view_as(right)
        return result
