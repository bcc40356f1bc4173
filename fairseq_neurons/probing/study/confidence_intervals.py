"""Settings of confidence intervals, and the correctness of every word as text."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.prediction_scores import accuracy_difference, accuracy_interval
from fairseq_neurons.probing.result_parts import Difference, Interval
from fairseq_neurons.probing.study.study_options import IntervalOptions

SEEDS = 2**32


@dataclass
class Intervals(IntervalOptions):
    """Confidence intervals of accuracies and of their differences, from the bootstrap over sentences."""

    def check(self) -> None:
        """Refuse invalid settings before anything is read.

        Raises:
            InputError: naming the setting.
        """
        if not 0 < self.confidence < 1 or self.resamples < 1:
            raise InputError(
                f"confidence={self.confidence}, resamples={self.resamples}: confidence must be between 0 and 1, and "
                "resamples at least 1."
            )
        check_seed(self.seed)

    @property
    def signature(self) -> str:
        return f"interval:{self.confidence:.9g}x{self.resamples}-seed:{self.seed}"

    def of(self, correct: np.ndarray, sentence: np.ndarray) -> Interval:
        """Estimate the interval of an accuracy; both ends are None for a single sentence."""
        ends = accuracy_interval(correct, sentence, self.confidence, self.resamples, self.seed)
        return Interval(_known(ends[0]), _known(ends[1]))

    def difference(self, a: np.ndarray, b: np.ndarray, sentence: np.ndarray) -> Difference:
        """Compute accuracy of a minus that of b on the same words, from correctness, bool (N,) each."""
        found = accuracy_difference(a, b, sentence, self.confidence, self.resamples, self.seed)
        return Difference(found.value, _known(found.low), _known(found.high))


def check_seed(seed: int) -> None:
    """Check that a seed is valid for all random generators.

    Raises:
        InputError: if it is negative or does not fit into 32 bits.
    """
    if not 0 <= seed < SEEDS:
        raise InputError(f"seed={seed}: give a whole number from 0 to {SEEDS - 1}.")


def pack(correct: np.ndarray) -> str:
    """Encode bool (N,) as text, six words per character."""
    return base64.b64encode(np.packbits(np.asarray(correct, dtype=bool)).tobytes()).decode("ascii")


def unpack(packed: str, words: int) -> np.ndarray:
    """Decode the text of :func:`pack`, bool (``words``,)."""
    return np.unpackbits(np.frombuffer(base64.b64decode(packed), dtype=np.uint8), count=words).astype(bool)


def _known(end: float) -> float | None:
    return None if np.isnan(end) else float(end)
