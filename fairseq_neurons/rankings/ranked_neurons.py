"""Indices of neurons that remember in which blocks, and of which model, they count."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairseq_neurons.neurons import Neurons


class RankedNeurons(np.ndarray[Any, np.dtype[np.int64]]):
    """The indices that `Ranking.top` and `Ranking.bottom` return: int64 (n,), used like any array.

    Attributes:
        neurons: the ranked neurons, in which the indices count; None if they are lost, as in a pickled array.
        checkpoint_sha256: of the model that was ranked; empty if unknown.
    """

    neurons: Neurons | None
    checkpoint_sha256: str

    @classmethod
    def of(cls, indices: NDArray[np.int64], neurons: Neurons, checkpoint_sha256: str) -> RankedNeurons:
        """Let indices remember their ranking; the array is shared, not copied."""
        ranked = indices.view(cls)
        ranked.neurons, ranked.checkpoint_sha256 = neurons, checkpoint_sha256
        return ranked

    def __array_finalize__(self, source: Any) -> None:
        """Slices and sorted copies remember it, too."""
        self.neurons = getattr(source, "neurons", None)
        self.checkpoint_sha256 = getattr(source, "checkpoint_sha256", "")
