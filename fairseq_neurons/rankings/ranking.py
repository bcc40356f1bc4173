"""A ranking: every neuron of a model, the most important first."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings.ranked_neurons import RankedNeurons
from fairseq_neurons.storage.files import write_text_whole
from fairseq_neurons.storage.json_fields import Fields, NotJson, read_object
from fairseq_neurons.storage.sealed_json import sealed

# Format 1 calls the part of a block its direction.
FORMAT = 2
NEEDED = ("format", "method", "signature", "neurons", "order", "scores")
ROUNDING = 1e-9


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

    def top(self, count: int) -> RankedNeurons:
        """The indices of the ``count`` most important neurons, the most important first.

        Raises:
            InputError: if the ranking does not have that many neurons.
        """
        return self._ranked(self.order[: self._checked(count)])

    def bottom(self, count: int) -> RankedNeurons:
        """The indices of the ``count`` least important neurons, the least important first.

        Raises:
            InputError: if the ranking does not have that many neurons.
        """
        return self._ranked(self.order[::-1][: self._checked(count)])

    def _ranked(self, indices: NDArray[np.int64]) -> RankedNeurons:
        return RankedNeurons.of(indices, self.neurons, self.checkpoint_sha256)

    def _checked(self, count: int) -> int:
        if not isinstance(count, (int, np.integer)) or not 0 <= count <= len(self.order):
            raise InputError(f"Give a number of neurons from 0 to {len(self.order)}, not {count!r}.")
        return int(count)

    def save(self, path: str | Path) -> None:
        """Write the JSON that ``--mask-ranking`` reads, replacing a file of that name atomically.

        Raises:
            InputError: if a score is not a number, or the file cannot be written.
        """
        if np.isnan(self.scores).any():
            raise InputError(f"{path} is not written: a score of the ranking is not a number (NaN).")
        fields = {
            "format": FORMAT,
            "method": self.method,
            "signature": self.signature,
            "checkpoint_sha256": self.checkpoint_sha256,
            "neurons": self.neurons.to_json(),
            "order": self.order.tolist(),
            "scores": self.scores.tolist(),
        }
        write_text_whole(Path(path), json.dumps(sealed(fields)) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> Ranking:
        """Read a ranking.

        Raises:
            InputError: if the file is not a ranking, is damaged or contradicts itself, or has a newer format.
        """
        try:
            fields = read_object(Path(path), "ranking")
        except NotJson as error:
            raise InputError(f"{path} is not a ranking, which is a JSON object.") from error
        missing = [name for name in NEEDED if name not in fields]
        if missing:
            raise InputError(f"{path} is not a ranking: it has no {missing[0]!r}.")
        if (version := fields.required("format", int)) > FORMAT:
            raise InputError(f"{path} has format {version}, this version reads up to {FORMAT}: update fairseq-neurons.")
        ranking = cls(
            fields.required("method", str),
            Neurons.from_json(fields.required("neurons", list), str(path)),
            _order(fields),
            _scores(fields),
            fields.required("signature", str),
            fields.optional("checkpoint_sha256", str) or "",
        )
        ranking._check(fields)
        return ranking

    def _check(self, fields: Fields) -> None:
        """Check the order against the neurons and the scores."""
        count = len(self.neurons)
        if not len(self.order) == len(self.scores) == count or (np.sort(self.order) != np.arange(count)).any():
            raise fields.damage(f"'order' must contain each of the {count} neurons once, and 'scores' as many numbers")
        if np.isnan(self.scores).any():
            raise fields.damage("a score is not a number (NaN)")
        with np.errstate(invalid="ignore"):
            # Scores that are sums may have a rounding error. The difference of two infinite scores is NaN.
            steps, error = np.diff(self.scores), ROUNDING * np.abs(self.scores[1:])
        if (steps > error).any() and (steps < -error).any():
            raise fields.damage("'scores' neither descend nor ascend, so they did not make this order")


def _order(fields: Fields) -> NDArray[np.int64]:
    return np.array(fields.list_of("order", int), dtype=np.int64)


def _scores(fields: Fields) -> NDArray[np.float64]:
    """Scores may be infinite, which `Fields` refuses."""
    scores = fields.required("scores", list)
    if not all(type(score) in (int, float) for score in scores):
        raise fields.damage("an item of 'scores' is not a number")
    with suppress(OverflowError):
        return np.array(scores, dtype=np.float64)
    raise fields.damage("an item of 'scores' is too large")
