"""What the certified solver requires of a loss and a penalty, checked before it starts (as skglm does)."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.multinomial_loss import Evaluation


class Loss(Protocol):
    """A mean negative log-likelihood of labels whose bias is at its best for every matrix of scores.

    The dual bound is that of a softmax: another loss is a variant of `Multinomial`, such as with smoothed weights.
    """

    y: Tensor
    labels: int
    weight: Tensor
    shares: Tensor

    @property
    def start(self) -> Tensor:
        """The best bias without any weights, (L,)."""

    @property
    def null(self) -> float:
        """The loss without any weights."""

    def evaluate(self, scores: Tensor, bias: Tensor) -> Evaluation:
        """The loss at scores (N, L), the bias moved to its best from (L,)."""

    def residual(self, at: Evaluation, rows: slice) -> Tensor:
        """Derivative by the scores of some rows, (n, L)."""

    def word_uncertainty(self, at: Evaluation) -> Tensor:
        """Weight times sum of p (1 - p) of every word, (N,)."""

    def entropy_towards_truth(self, at: Evaluation, factor: float) -> float:
        """Mean entropy of predictions moved to the true labels."""

    def entropy_of(self, marginal: Tensor) -> float:
        """Entropy of one distribution over the labels."""


def check_offers(given: object, protocol: type, what: str) -> None:
    """Refuse an object that lacks members of a protocol.

    Args:
        given: a loss or a penalty.
        protocol: `Loss` or `Penalty`.
        what: its name in the message.

    Raises:
        InputError: naming all that is missing.
    """
    wanted = {name for name in {**vars(protocol), **vars(protocol).get("__annotations__", {})} if name[0] != "_"}
    if missing := sorted(name for name in wanted if not hasattr(given, name)):
        raise InputError(
            f"The certified solver cannot use {type(given).__name__} as a {what}: it has no {', '.join(missing)}; "
            f"see {protocol.__module__}."
        )
