"""A ranking: every neuron of a model, the most important first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.storage.files import read_text, write_text_whole

# Format 1 calls the part of a block its direction.
FORMAT = 2


@dataclass(frozen=True)
class Ranking:
    """All neurons in order of importance, with the scores that made the order.

    Args:
        method: that made it, for instance ``crossmodel-max``.
        neurons: of the model that is ranked.
        order: int64 (neurons,), every index once, most important first.
        scores: float64 (neurons,), in the same order.
        signature: the settings that made it.
        checkpoint_sha256: of the model that is ranked; empty if unknown.
    """

    method: str
    neurons: Neurons
    order: NDArray[np.int64]
    scores: NDArray[np.float64]
    signature: str
    checkpoint_sha256: str = ""

    @classmethod
    def from_scores(
        cls,
        method: str,
        neurons: Neurons,
        scores: NDArray[np.floating[Any]],
        signature: str,
        checkpoint_sha256: str = "",
        reverse: bool = False,
    ) -> Ranking:
        """Rank by descending score, and by index where scores are equal.

        Args:
            method: see :class:`Ranking`.
            neurons: see :class:`Ranking`.
            scores: (neurons,), by index.
            signature: see :class:`Ranking`.
            checkpoint_sha256: see :class:`Ranking`.
            reverse: rank by ascending score instead; equal scores still by index.
        """
        values = np.asarray(scores, dtype=np.float64)
        order = np.argsort(values if reverse else -values, kind="stable").astype(np.int64)
        return cls(method, neurons, order, values[order], signature, checkpoint_sha256)

    def top(self, count: int) -> NDArray[np.int64]:
        """The indices of the ``count`` most important neurons, the most important first.

        Raises:
            InputError: if the ranking does not have that many neurons.
        """
        return self.order[: self._checked(count)]

    def bottom(self, count: int) -> NDArray[np.int64]:
        """The indices of the ``count`` least important neurons, the least important first.

        Raises:
            InputError: if the ranking does not have that many neurons.
        """
        return self.order[::-1][: self._checked(count)]

    def _checked(self, count: int) -> int:
        if not isinstance(count, (int, np.integer)) or not 0 <= count <= len(self.order):
            raise InputError(f"Give a number of neurons from 0 to {len(self.order)}, not {count!r}.")
        return int(count)

    def save(self, path: str | Path) -> None:
        """Write the JSON that ``--mask-ranking`` reads, replacing a file of that name atomically."""
        fields = {
            "format": FORMAT,
            "method": self.method,
            "signature": self.signature,
            "checkpoint_sha256": self.checkpoint_sha256,
            "neurons": self.neurons.to_json(),
            "order": self.order.tolist(),
            "scores": self.scores.tolist(),
        }
        write_text_whole(Path(path), json.dumps(fields) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Ranking:
        """Read a ranking.

        Raises:
            InputError: if the file is not a ranking, is broken, or has a newer format.
        """
        try:
            fields = json.loads(read_text(Path(path), "ranking"))
            version = fields["format"]
            if version > FORMAT:
                raise InputError(
                    f"{path} has format {version}, this version reads up to {FORMAT}: update fairseq-neurons."
                )
            neurons = Neurons.from_json(fields["neurons"], str(path))
            order = np.array(fields["order"], dtype=np.int64)
            scores = np.array(fields["scores"], dtype=np.float64)
            method, signature = str(fields["method"]), str(fields["signature"])
            checkpoint = str(fields.get("checkpoint_sha256", ""))
        except (json.JSONDecodeError, TypeError, KeyError, OverflowError) as error:
            raise InputError(f"{path} is not a ranking: a field is missing or invalid ({error}).") from error
        except ValueError as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"{path} is not a ranking: {error}.") from error
        every = np.arange(len(neurons))
        if order.shape != every.shape or scores.shape != every.shape or (np.sort(order) != every).any():
            raise InputError(
                f"{path} is a broken ranking: 'order' must contain each of the {len(neurons)} neurons once."
            )
        return cls(method, neurons, order, scores, signature, checkpoint)
