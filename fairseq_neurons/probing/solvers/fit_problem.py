"""The optimisation problem of one fit: its objective, gradient and certificate at given weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.block_passes import gradient_of, scores_of
from fairseq_neurons.probing.duality_gap import Certificate, Dual
from fairseq_neurons.probing.multinomial_loss import Evaluation, Multinomial
from fairseq_neurons.probing.penalties.penalty import Penalty
from fairseq_neurons.probing.solvers.requirements import Loss, check_offers

# Two arrays of scores, words x labels, are kept in memory. Nothing else grows with both.
SCORES_BYTES = 4 << 30


@dataclass
class Iterate:
    """Weights, (L, D), with the loss, its gradient, (L, D), and the objective at them."""

    weights: Tensor
    at: Evaluation
    gradient: Tensor
    objective: float


@dataclass
class Problem:
    """Minimise the loss of the words' labels plus a penalty of the weights.

    Args:
        design: values of the neurons, (N, D).
        loss: the loss, which has the labels.
        penalty: penalty of the weights.
    """

    design: Design
    loss: Multinomial
    penalty: Penalty

    def check(self) -> None:
        """Check that the loss and the penalty have all members that the solver uses.

        Raises:
            InputError: naming the missing members, or the number of neurons that does not fit the penalty.
        """
        check_offers(self.loss, Loss, "loss")
        check_offers(self.penalty, Penalty, "penalty")
        self.penalty.check(self.design.shape[1])

    def check_size(self) -> None:
        """Check that the scores fit into memory.

        Raises:
            InputError: naming their size and the limit.
        """
        words, labels = self.design.shape[0], self.loss.labels
        size = words * labels * self.design.dtype.itemsize
        if size > SCORES_BYTES:
            raise InputError(
                f"{words} words x {labels} labels need {size >> 30} GiB for their scores, more than "
                f"{SCORES_BYTES >> 30}: keep fewer labels (classes) or words."
            )

    @property
    def zero_weights(self) -> Tensor:
        """Zeros, (L, D)."""
        design = self.design
        return torch.zeros(self.loss.labels, design.shape[1], dtype=design.dtype, device=design.device)

    @cached_property
    def dual(self) -> Dual:
        """The dual problem; computed in one pass over the neurons."""
        design, loss = self.design, self.loss

        def weighted_labels(rows: slice) -> Tensor:
            ones = torch.nn.functional.one_hot(loss.y[rows], loss.labels).to(design.dtype)
            return ones.mul_(loss.weight[rows, None])

        positives = gradient_of(design, weighted_labels, loss.labels)
        return Dual(loss, positives.sum(0), positives)

    def evaluate(self, weights: Tensor, bias: Tensor, scores: Tensor | None = None) -> tuple[Evaluation, float]:
        """Evaluate the loss and the objective at weights (L, D) and the optimal bias, searched from a given one, (L,).

        Args:
            weights: (L, D).
            bias: (L,).
            scores: of these weights, (N, L), if they are known.
        """
        at = self.loss.evaluate(scores_of(self.design, weights) if scores is None else scores, bias)
        return at, at.loss + self.penalty.value(weights)

    def first_iterate(self, weights: Tensor, bias: Tensor) -> Iterate:
        """The iterate at these weights, (L, D), or at zero weights if their objective is lower."""
        at, objective = self.evaluate(weights, bias)
        if not objective <= self.loss.null * (1 + 1e-6):
            weights = torch.zeros_like(weights)
            at, objective = self.evaluate(weights, self.loss.start, torch.zeros_like(at.scores))
        return self.iterate(weights, at, objective)

    def iterate(self, weights: Tensor, at: Evaluation, objective: float) -> Iterate:
        """Add the gradient to an evaluation."""
        gradient = gradient_of(self.design, lambda rows: self.loss.residual(at, rows), self.loss.labels)
        return Iterate(weights, at, gradient, objective)

    def certificate(self, now: Iterate, bound: float = -torch.inf) -> Certificate:
        """Compute the certificate of an iterate; ``bound`` of an earlier one is used if it is higher."""
        found = self.dual.bound(now.at, now.gradient, self.penalty)
        return Certificate(now.objective, max(bound, found), self.penalty.stationarity(now.weights, now.gradient))
