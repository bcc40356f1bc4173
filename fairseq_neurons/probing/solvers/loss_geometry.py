"""The solver's estimate of the loss's curvature; it remains valid when only the penalty changes."""

from __future__ import annotations

from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.multinomial_loss import Evaluation, Multinomial
from fairseq_neurons.probing.solvers.secants import Curvature, Secants
from fairseq_neurons.probing.solvers.step_metric import Metric

# The metric is recomputed when the total uncertainty has changed by this factor.
STALE = 2.0


class Geometry:
    """A metric, and the secant pairs of the last steps in its basis.

    Attributes:
        metric: None before the first `update` and after `reset`.
        secants: pairs of the last steps.
    """

    def __init__(self) -> None:
        self.metric: Metric | None = None
        self.secants = Secants()

    def update(self, design: Design, loss: Multinomial, at: Evaluation) -> Metric:
        """Return the metric; recompute it if there is none or the total uncertainty has changed too much."""
        old = self.metric
        if old is not None and 1 / STALE <= at.uncertainty.sum().item() / max(old.total, 1e-12) <= STALE:
            return old
        new = self.metric = Metric.of(design, loss, at)
        if old is not None:
            self.secants.change_basis(lambda weights: new.to_basis(old.from_basis(weights)))
        return new

    def curvature(self, metric: Metric) -> Curvature:
        """The metric, corrected by the secant pairs."""
        return Curvature(metric.curvature, self.secants)

    def add_step(self, metric: Metric, step: Tensor, change: Tensor) -> None:
        """Add a step and the change of the gradient along it, (L, D) each."""
        self.secants.add(metric.to_basis(step), metric.to_basis(change))

    def reset(self) -> None:
        """Discard the metric and all secant pairs."""
        self.metric = None
        self.secants.clear()
