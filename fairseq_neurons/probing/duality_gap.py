"""The duality gap: an upper bound on the distance of a probe's objective from the optimum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from fairseq_neurons.probing.multinomial_loss import Evaluation, Multinomial
from fairseq_neurons.probing.penalties.penalty import Penalty

# Dual points between the predicted and the true labels. The best one depends on the distance from the optimum.
FACTORS = (1.0, 0.9999, 0.9998, 0.9995, 0.999, 0.998, 0.997, 0.995, 0.99, 0.98, 0.97, 0.95, 0.9)


@dataclass(frozen=True)
class Certificate:
    """How close a solution is to the optimum.

    Args:
        objective: mean cross-entropy + penalty, nats per word.
        bound: lower bound of the objective over all weights.
        stationarity: largest entry of the smallest subgradient (a KKT residual), 0 at the optimum.
    """

    objective: float
    bound: float
    stationarity: float

    @property
    def gap(self) -> float:
        """The duality gap: an upper bound on objective - optimum. Rounding cannot make it negative."""
        return max(0.0, self.objective - self.bound)

    @property
    def relative(self) -> float:
        """The duality gap divided by the objective."""
        return self.gap / max(abs(self.objective), 1e-12)


class Dual:
    """Lower bounds of the optimum by Fenchel duality.

    log sum exp(s) is the maximum of <p, s> + entropy(p) over distributions p. So for any p_i whose weighted mean is the
    labels' true shares,

        optimum >= mean_i entropy(p_i) - penalty*(-R),   R = sum_i w_i (p_i - e_{y_i}) x_i'.

    The predictions of a nearly optimal probe give a tight bound. Interpolating predictions towards the true labels
    scales R by the same factor.

    Args:
        loss: the loss, which has the labels.
        mean: (D,), weighted mean of the neurons.
        positives: (L, D), sum of w_i x_i over the words of each label.
    """

    def __init__(self, loss: Multinomial, mean: Tensor, positives: Tensor) -> None:
        self.loss, self.mean, self.positives = loss, mean, positives

    @property
    def largest_gradient(self) -> float:
        """Largest absolute entry of the gradient at zero weights and the optimal bias."""
        shares = self.loss.shares.to(self.mean.dtype)
        return (torch.outer(shares, self.mean) - self.positives).abs().max().item()

    def bound(self, at: Evaluation, gradient: Tensor, penalty: Penalty) -> float:
        """Compute the best lower bound from the predictions of one evaluation.

        Args:
            at: the evaluation.
            gradient: R of its predictions, (L, D).
            penalty: penalty of the weights.
        """
        mix, slope, extra = self._with_true_shares(at, gradient)
        if mix >= 1:
            return 0.0
        best = -math.inf
        for factor in FACTORS:
            t = factor * penalty.dual_scale(slope)
            # Entropy is concave: the entropy of a mixture is at least the mixture of the entropies.
            entropy = (1 - mix) * self.loss.entropy_towards_truth(at, t) + mix * t * extra
            best = max(best, entropy - penalty.conjugate(t * slope))
        return best

    def _with_true_shares(self, at: Evaluation, gradient: Tensor) -> tuple[float, Tensor, float]:
        """Mix one distribution into all predictions so that their mean equals the labels' true shares exactly.

        Returns:
            The mixing weight, R of the mixture, and the entropy of the distribution mixed in.
        """
        shares, marginal = self.loss.shares, at.marginal
        mix = max(1e-12, ((marginal - shares) / marginal).max().item() * (1 + 1e-6))
        if mix >= 1:
            return 1.0, torch.zeros_like(gradient), 0.0
        other = ((shares - (1 - mix) * marginal) / mix).clamp(min=0)
        other = other / other.sum()
        constant = torch.outer(other.to(gradient.dtype), self.mean) - self.positives
        return mix, (1 - mix) * gradient + mix * constant, self.loss.entropy_of(other)
