"""What is known of the loss's curvature, and stays true when only the penalty changes."""

from __future__ import annotations

from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.multinomial_loss import Evaluation, Multinomial
from fairseq_neurons.probing.solvers.secants import Curvature, Secants
from fairseq_neurons.probing.solvers.step_metric import Metric

# A metric formed where the labels were that much more, or less, uncertain is formed anew.
STALE = 2.0


class Geometry:
    """A metric, and the secants of the last steps in its basis.

    Attributes:
        metric: None until it is formed for the first time, or after `forget`.
        secants: of the last steps.
    """

    def __init__(self) -> None:
        self.metric: Metric | None = None
        self.secants = Secants()

    def update(self, design: Design, loss: Multinomial, at: Evaluation) -> Metric:
        """The metric; formed at this evaluation if there is none or the labels' uncertainty is another by now."""
        old = self.metric
        if old is not None and 1 / STALE <= at.uncertainty.sum().item() / max(old.total, 1e-12) <= STALE:
            return old
        new = self.metric = Metric.of(design, loss, at)
        if old is not None:
            self.secants.rebase(lambda weights: new.turn(old.back(weights)))
        return new

    def curvature(self, metric: Metric) -> Curvature:
        """The metric, corrected by the secants."""
        return Curvature(metric.curvature, self.secants)

    def learn(self, metric: Metric, step: Tensor, change: Tensor) -> None:
        """A step and what it changed in the gradient, (L, D) each."""
        self.secants.add(metric.turn(step), metric.turn(change))

    def forget(self) -> None:
        """Begin anew: what is known may be of long ago."""
        self.metric = None
        self.secants.clear()
