"""The loss of a probe: multinomial logistic regression at the optimal bias."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

NEWTON_STEPS = 12
# Relative error of the predicted share of a label.
NEWTON_TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-11}
# Below this error, the curvature of the last step is reused for the next.
NEAR = 5e-3
# Number of probabilities computed at a time, chosen to fit the processor's cache.
CHUNK = 1 << 18


@dataclass(frozen=True)
class Evaluation:
    """The loss at given weights and the optimal bias.

    Args:
        scores: (N, L), without the bias.
        bias: (L,).
        loss: mean cross-entropy, nats per word.
        entropy: mean entropy of the predictions, nats per word.
        marginal: float64 (L,), mean predicted probabilities; equal to the labels' shares at the optimal bias.
        uncertainty: float64 (L,), mean of p (1 - p).
        truth: (N,), log-probability of the true label of every word.
    """

    scores: Tensor
    bias: Tensor
    loss: float
    entropy: float
    marginal: Tensor
    uncertainty: Tensor
    truth: Tensor


class Multinomial:
    """Weighted mean cross-entropy of labels given scores.

    The solver does not optimise the bias: for every matrix of scores, it is set to its optimum by Newton's method in L
    dimensions. This takes a few passes over the scores instead of over the neurons, and makes the predicted shares of
    the labels equal to the true ones, which the duality gap needs.

    `fairseq_neurons.probing.solvers.requirements.Loss` lists the members that the solver uses.

    Args:
        y: int64 (N,), labels 0 to L - 1, each at least once.
        labels: L.
        weight: (N,), weights of the words, summing to 1; uniform if None.
        dtype: dtype of the scores.
    """

    def __init__(self, y: Tensor, labels: int, weight: Tensor | None, dtype: torch.dtype) -> None:
        self.y, self.labels = y, labels
        even = torch.full(y.shape, 1 / len(y), dtype=dtype, device=y.device)
        self.weight = even if weight is None else weight.to(dtype)
        shares = torch.zeros(labels, dtype=torch.float64, device=y.device)
        self.shares = shares.index_add_(0, y, self.weight.double())  # (L,)

    @property
    def start(self) -> Tensor:
        """The optimal bias at zero weights, (L,)."""
        return self.shares.log().to(self.weight.dtype)

    @property
    def null(self) -> float:
        """The loss at zero weights, nats per word."""
        return self.entropy_of(self.shares)

    def loss_at(self, scores: Tensor, bias: Tensor) -> float:
        """Compute the loss at scores (N, L) and a given bias, (L,), in nats per word."""
        return self._survey(scores, bias)[0].loss

    def evaluate(self, scores: Tensor, bias: Tensor) -> Evaluation:
        """Evaluate the loss at scores (N, L) and the optimal bias, found by Newton's method from a given one, (L,)."""
        # The curvature at zero weights, before it is computed.
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
        """Gradient of the loss with respect to the scores of the given rows, (n, L)."""
        residual = torch.softmax(at.scores[rows] + at.bias, dim=1)
        residual[torch.arange(len(residual), device=residual.device), self.y[rows]] -= 1
        return residual.mul_(self.weight[rows, None])

    def word_uncertainty(self, at: Evaluation) -> Tensor:
        """Weight of every word times its sum of p (1 - p) over the labels, (N,)."""
        chunks = [1 - torch.softmax(at.scores[rows] + at.bias, dim=1).square().sum(1) for rows in self._chunks()]
        return torch.cat(chunks).clamp(min=0) * self.weight

    def entropy_towards_truth(self, at: Evaluation, factor: float) -> float:
        """Mean entropy, in nats, of t p + (1 - t) e_y: predictions interpolated towards the true labels by factor t.

        All probabilities are scaled by t, except that q of the true label becomes t q + 1 - t. So the entropy is
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
        """Entropy of one distribution over the labels, (L,), in nats."""
        return -torch.special.xlogy(marginal, marginal).sum().item()

    def _step(self, marginal: Tensor, curvature: Tensor) -> Tensor:
        """Newton step of the bias, (L,), for the equation log marginal = log shares.

        The logarithm of a rare label's share is nearly linear in the bias, so it converges in a step or two.
        """
        # In this precision, a label's probability may be 0 everywhere; its logarithm and curvature need a floor.
        marginal, missing = marginal.clamp(min=1e-9 * self.shares), (1e-9 * self.shares - marginal).clamp(min=0)
        # A shift of all scores by the same number does not change the loss; this keeps the matrix invertible.
        constant = torch.outer(self.shares, self.shares) + torch.diag(1e-9 * self.shares + missing)
        return torch.linalg.solve(curvature + constant, marginal * (marginal / self.shares).log())

    def _survey(self, scores: Tensor, bias: Tensor, curved: bool = False) -> tuple[Evaluation, Tensor | None]:
        """Compute all sums over the words at this bias and, if ``curved``, the Hessian of the bias, (L, L)."""
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
            # torch sums columns pairwise; plain summation would lose the shares of rare labels to rounding.
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
