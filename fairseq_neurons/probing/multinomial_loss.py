"""The loss of a probe: multinomial logistic regression, its bias free."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

NEWTON_STEPS = 12
# Relative error of a label's predicted share.
NEWTON_TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-11}
# So near, the curvature of the last step is good enough for the next.
NEAR = 5e-3
# Probabilities at a time: these stay in the processor's cache.
CHUNK = 1 << 18


@dataclass(frozen=True)
class Evaluation:
    """The loss at some weights, the bias at its best for them.

    Args:
        scores: (N, L), without the bias.
        bias: (L,).
        loss: mean cross-entropy, nats a word.
        entropy: mean entropy of the predictions, nats a word.
        marginal: float64 (L,), mean of the predicted probabilities; what the bias makes equal to the labels' shares.
        uncertainty: float64 (L,), mean of p (1 - p).
        truth: (N,), log-probability of every word's own label.
    """

    scores: Tensor
    bias: Tensor
    loss: float
    entropy: float
    marginal: Tensor
    uncertainty: Tensor
    truth: Tensor


class Multinomial:
    """Mean cross-entropy of labels given scores; words may weigh more or less.

    The bias is not a variable of the solver: for every matrix of scores it is put where the loss is least, by Newton's
    method in its L dimensions. That costs a few passes over the scores instead of over the neurons, and makes the
    predicted shares of the labels the true ones, which the duality gap needs.

    What the solver needs of a loss is `fairseq_neurons.probing.solvers.requirements.Loss`.

    Args:
        y: int64 (N,), labels 0 to L - 1, each at least once.
        labels: L.
        weight: (N,), how much each word counts, summing to 1; all the same if None.
        dtype: of the scores.
    """

    def __init__(self, y: Tensor, labels: int, weight: Tensor | None, dtype: torch.dtype) -> None:
        self.y, self.labels = y, labels
        even = torch.full(y.shape, 1 / len(y), dtype=dtype, device=y.device)
        self.weight = even if weight is None else weight.to(dtype)
        shares = torch.zeros(labels, dtype=torch.float64, device=y.device)
        self.shares = shares.index_add_(0, y, self.weight.double())  # (L,)

    @property
    def start(self) -> Tensor:
        """The best bias without any weights, (L,)."""
        return self.shares.log().to(self.weight.dtype)

    @property
    def null(self) -> float:
        """The loss without any weights, nats a word."""
        return self.entropy_of(self.shares)

    def loss_at(self, scores: Tensor, bias: Tensor) -> float:
        """The loss at these scores, (N, L), and this very bias, (L,), nats a word."""
        return self._survey(scores, bias)[0].loss

    def evaluate(self, scores: Tensor, bias: Tensor) -> Evaluation:
        """The loss at these scores, (N, L), the bias moved to its best from (L,) by Newton's method."""
        # That without any weights, until it is known.
        curvature = torch.diag(self.shares)
        best, last = bias.double(), math.inf
        for _ in range(NEWTON_STEPS):
            found, curved = self._survey(scores, best.to(scores.dtype), curved=last > NEAR)
            if curved is not None:
                curvature = curved
            worst = ((found.marginal - self.shares).abs() / self.shares).max().item()
            if worst < NEWTON_TOLERANCE[scores.dtype] or (worst < 1e-4 and worst > last / 2):
                break
            last = worst
            step = self._step(found.marginal, curvature)
            best = best - step * min(1.0, 2.0 / max(step.abs().max().item(), 1e-300))
        return found

    def residual(self, at: Evaluation, rows: slice) -> Tensor:
        """Derivative of the loss by the scores of these rows, (n, L)."""
        residual = torch.softmax(at.scores[rows] + at.bias, dim=1)
        residual[torch.arange(len(residual), device=residual.device), self.y[rows]] -= 1
        return residual.mul_(self.weight[rows, None])

    def word_uncertainty(self, at: Evaluation) -> Tensor:
        """(N,), of every word its weight times the sum of p (1 - p) over the labels."""
        chunks = [1 - torch.softmax(at.scores[rows] + at.bias, dim=1).square().sum(1) for rows in self._chunks()]
        return torch.cat(chunks).clamp(min=0) * self.weight

    def entropy_towards_truth(self, at: Evaluation, factor: float) -> float:
        """Mean entropy of predictions moved to the true labels: t p + (1 - t) e_y, t being the factor, in nats.

        Only the true label's probability q changes otherwise than by the factor:
        t (H + q log q) - t (1 - q) log t - (t q + 1 - t) log(t q + 1 - t).
        """
        if factor <= 0:
            return 0.0
        q = at.truth.exp().double()
        moved = factor * q + 1 - factor
        own = factor * torch.special.xlogy(q, q) - torch.special.xlogy(moved, moved)
        spread = factor * math.log(factor) * (1 - q)
        return factor * at.entropy + ((own - spread) @ self.weight.double()).item()

    def entropy_of(self, marginal: Tensor) -> float:
        """Of one distribution over the labels, (L,), in nats."""
        return -torch.special.xlogy(marginal, marginal).sum().item()

    def _step(self, marginal: Tensor, curvature: Tensor) -> Tensor:
        """Newton's step of the bias, (L,), for log marginal = log shares.

        Against their logarithms, shares of rare labels are nearly straight lines: they arrive in a step or two.
        """
        # A label that is given up everywhere, in this precision, has neither a logarithm nor a curvature.
        marginal, missing = marginal.clamp(min=1e-9 * self.shares), (1e-9 * self.shares - marginal).clamp(min=0)
        # Scores that are all shifted alike change nothing; this keeps the matrix invertible.
        constant = torch.outer(self.shares, self.shares) + torch.diag(1e-9 * self.shares + missing)
        return torch.linalg.solve(curvature + constant, marginal * (marginal / self.shares).log())

    def _survey(self, scores: Tensor, bias: Tensor, curved: bool = False) -> tuple[Evaluation, Tensor | None]:
        """All sums over the words at this bias, and if ``curved``, the second derivative by the bias, (L, L)."""
        entropy = torch.zeros((), dtype=torch.float64, device=scores.device)
        truth = torch.empty_like(self.weight)
        marginal, squares = torch.zeros_like(self.shares), torch.zeros_like(self.shares)
        products = torch.zeros(self.labels, self.labels, dtype=torch.float64, device=scores.device) if curved else None
        for rows in self._chunks():
            weight = self.weight[rows]
            shifted = scores[rows] + bias
            shifted -= shifted.amax(1, keepdim=True)
            probabilities = shifted.exp()
            total = probabilities.sum(1, keepdim=True)
            probabilities /= total
            logs = total.log_().squeeze(1)
            truth[rows] = shifted.gather(1, self.y[rows, None]).squeeze(1) - logs
            entropy += ((logs - torch.linalg.vecdot(probabilities, shifted)) * weight).sum(dtype=torch.float64)
            weighted = probabilities * weight[:, None]
            # torch sums columns pairwise: without that, the shares of rare labels would be lost in rounding.
            marginal += weighted.sum(0)
            if products is None:
                squares += probabilities.mul_(weighted).sum(0)
            else:
                products += probabilities.T @ weighted
        if products is not None:
            squares = products.diagonal()
        loss = -(truth * self.weight).sum(dtype=torch.float64).item()
        found = Evaluation(scores, bias, loss, entropy.item(), marginal, marginal - squares, truth)
        return found, None if products is None else torch.diag(marginal) - products

    def _chunks(self) -> Iterator[slice]:
        words = max(1, CHUNK // self.labels)
        for start in range(0, len(self.y), words):
            yield slice(start, start + words)
