"""The metric in which a step of the solver is short: a model of the loss's curvature."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.block_passes import weighted_covariance
from fairseq_neurons.probing.multinomial_loss import Evaluation, Multinomial

# Between one curvature for all labels (0) and each label's own share (1), which underestimates the rare ones, whose
# words lie together. Found on synthetic and real dumps; it changes the speed, not the result.
LABEL_EXPONENT = 0.8


@dataclass(frozen=True)
class Metric:
    """Curvature as one number a label times one matrix of the neurons, known by its eigenvectors.

    The Hessian of the multinomial loss is at most blockdiag_l(sum_i w_i p_il (1 - p_il) x_i x_i') up to a factor of 2,
    and everywhere at most 1/2 (I - 11'/L) x X'X (Boehning 1992, "Multinomial logistic regression algorithm").
    Words whose label is certain do not bend the loss. So the matrix is the covariance of the neurons over the
    uncertain words, sum_il p_il (1 - p_il) x_i x_i', and the number is the label's part of the uncertainty.

    Args:
        basis: (D, D), eigenvectors in columns.
        spectrum: (D,), eigenvalues, of mean uncertainty 1.
        labels: (L,), curvature of each label.
        total: the uncertainty at which it was formed.
    """

    basis: Tensor
    spectrum: Tensor
    labels: Tensor
    total: float

    @classmethod
    def of(cls, design: Design, loss: Multinomial, at: Evaluation) -> Metric:
        """Form it at one evaluation of the loss: one pass over the neurons and one (D, D) eigenproblem."""
        # A floor, so that the words that are certain now, but may not stay so, are not forgotten.
        words = loss.word_uncertainty(at) + 1e-3 * loss.weight
        _, covariance = weighted_covariance(design, words / words.sum())
        spectrum, basis = torch.linalg.eigh(covariance)
        return cls(
            basis, spectrum.clamp(min=0), _curvatures(at.uncertainty).to(spectrum.dtype), at.uncertainty.sum().item()
        )

    @property
    def curvature(self) -> Tensor:
        """(L, D), in the basis."""
        return self.labels[:, None] * self.spectrum

    def turn(self, weights: Tensor) -> Tensor:
        """(L, D) into the basis."""
        return weights @ self.basis

    def back(self, weights: Tensor) -> Tensor:
        """(L, D) out of the basis."""
        return weights @ self.basis.T


def _curvatures(uncertainty: Tensor) -> Tensor:
    """One number a label from the label's uncertainties, (L,) each."""
    total = uncertainty.sum().clamp(min=1e-12)
    share = (uncertainty / total).clamp(min=1e-9)
    return total * share**LABEL_EXPONENT
