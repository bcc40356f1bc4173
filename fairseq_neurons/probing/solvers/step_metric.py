"""The metric of the solver's steps: an approximation of the Hessian of the loss."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.block_passes import weighted_covariance
from fairseq_neurons.probing.multinomial_loss import Evaluation, Multinomial

# Between one curvature for all labels (0) and each label's own share (1). The latter underestimates rare labels, whose
# words are close together. Chosen on synthetic and real dumps; it affects the speed, not the result.
LABEL_EXPONENT = 0.8


@dataclass(frozen=True)
class Metric:
    """The Hessian as a Kronecker product: one number per label times one matrix of the neurons, eigendecomposed.

    The Hessian of the multinomial loss is at most blockdiag_l(sum_i w_i p_il (1 - p_il) x_i x_i') up to a factor of 2,
    and everywhere at most 1/2 (I - 11'/L) x X'X (Boehning 1992, "Multinomial logistic regression algorithm").
    Words predicted with certainty do not contribute. So the matrix is the covariance of the neurons over the uncertain
    words, sum_il p_il (1 - p_il) x_i x_i', and the number is the label's share of the uncertainty.

    Args:
        basis: (D, D), eigenvectors in columns.
        spectrum: (D,), eigenvalues, for a total word weight of 1.
        labels: (L,), curvature of each label.
        total: total uncertainty of the evaluation it was computed at.
    """

    basis: Tensor
    spectrum: Tensor
    labels: Tensor
    total: float

    @classmethod
    def of(cls, design: Design, loss: Multinomial, at: Evaluation) -> Metric:
        """Compute the metric at one evaluation of the loss: one pass over the neurons and one (D, D) eigenproblem."""
        # A floor: words that are predicted with certainty now may become uncertain later.
        words = loss.word_uncertainty(at) + 1e-3 * loss.weight
        _, covariance = weighted_covariance(design, words / words.sum())
        spectrum, basis = torch.linalg.eigh(covariance)
        return cls(
            basis, spectrum.clamp(min=0), _curvatures(at.uncertainty).to(spectrum.dtype), at.uncertainty.sum().item()
        )

    @property
    def curvature(self) -> Tensor:
        """Diagonal of the Hessian in the basis, (L, D)."""
        return self.labels[:, None] * self.spectrum

    def to_basis(self, weights: Tensor) -> Tensor:
        """Transform weights, (L, D), to the basis."""
        return weights @ self.basis

    def from_basis(self, weights: Tensor) -> Tensor:
        """Transform weights, (L, D), from the basis to neurons."""
        return weights @ self.basis.T


def _curvatures(uncertainty: Tensor) -> Tensor:
    """Compute the curvature of each label from the labels' uncertainties, both (L,)."""
    total = uncertainty.sum().clamp(min=1e-12)
    share = (uncertainty / total).clamp(min=1e-9)
    return total * share**LABEL_EXPONENT
