"""Subsets of neurons for the ablation of a probe: the top, the bottom and random ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.errors import InputError


@dataclass(frozen=True)
class Subset:
    """A subset of the neurons in a study.

    Args:
        keep: ``top``, ``bottom`` or ``random``.
        fraction: of the neurons in the study.
        seed: of a random subset, otherwise None.
        neurons: int64 (n,), positions among the neurons in the study, in the order of selection.
    """

    keep: str
    fraction: float
    seed: int | None
    neurons: np.ndarray


def subsets(order: np.ndarray, fractions: Sequence[float], random: int, seed: int = 1) -> Iterator[Subset]:
    """Yield the top, the bottom and random neurons, for every fraction.

    Args:
        order: int64 (D,), most important first.
        fractions: of D, above 0 and up to 1; rounded to whole neurons, at least one.
        random: number of random subsets of each size.
        seed: of the first random subset; each further one adds 1.

    Raises:
        InputError: if a fraction is out of range.
    """
    for fraction in fractions:
        if not 0 < fraction <= 1:
            raise InputError(f"fractions: {fraction} is out of range; give numbers above 0 and up to 1 (0.1 is 10 %).")
        count = max(1, round(fraction * len(order)))
        yield Subset("top", fraction, None, order[:count])
        yield Subset("bottom", fraction, None, order[::-1][:count])
        for i in range(seed, seed + random):
            yield Subset("random", fraction, i, np.random.default_rng(i).permutation(len(order))[:count])
