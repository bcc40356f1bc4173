"""What the certified solver requires of a loss and a penalty, checked before it starts (as skglm does)."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.multinomial_loss import Evaluation


class Loss(Protocol):
    """A weighted mean cross-entropy of labels, with the bias that is optimal for the given scores.

    The duality gap is computed for a softmax, so another loss must be a variant of `Multinomial`.
    """

    y: Tensor
    labels: int
    weight: Tensor
    shares: Tensor

    @property
    def start(self) -> Tensor:
        """The optimal bias at zero weights, (L,)."""

    @property
    def null(self) -> float:
        """The loss at zero weights."""

    def evaluate(self, scores: Tensor, bias: Tensor) -> Evaluation:
        """Evaluate the loss at scores (N, L) and the optimal bias, searched from the given one, (L,)."""

    def residual(self, at: Evaluation, rows: slice) -> Tensor:
        """Gradient with respect to the scores of some rows, (n, L)."""

    def word_uncertainty(self, at: Evaluation) -> Tensor:
        """Weight of every word times its sum of p (1 - p), (N,)."""

    def entropy_towards_truth(self, at: Evaluation, factor: float) -> float:
        """Mean entropy of predictions interpolated towards the true labels."""

    def entropy_of(self, marginal: Tensor) -> float:
        """Entropy of one distribution over the labels."""


def check_offers(given: object, protocol: type, what: str) -> None:
    """Check that an object has all members of a protocol.

    Args:
        given: a loss or a penalty.
        protocol: `Loss` or `Penalty`.
        what: its name in the message.

    Raises:
        InputError: naming the missing members.
    """
    wanted = {name for name in {**vars(protocol), **vars(protocol).get("__annotations__", {})} if name[0] != "_"}
    if missing := sorted(name for name in wanted if not hasattr(given, name)):
        raise InputError(
            f"The certified solver cannot use {type(given).__name__} as a {what}: it has no {', '.join(missing)}; "
            f"see {protocol.__module__}."
        )
