"""Probes on some of the neurons: the others masked out, or the probe trained again without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.errors import InputError


@dataclass(frozen=True)
class Subset:
    """Some neurons out of a ranking.

    Args:
        keep: ``top``, ``bottom`` or ``random``.
        fraction: how many of those that take part.
        seed: of a random one, else None.
        neurons: int64 (n,), positions among those that take part, in the order in which they were taken.
    """

    keep: str
    fraction: float
    seed: int | None
    neurons: np.ndarray


def subsets(order: np.ndarray, fractions: Sequence[float], random: int, seed: int = 1) -> Iterator[Subset]:
    """The top, the bottom and some random neurons, for every fraction.

    Args:
        order: int64 (D,), most important first.
        fractions: of D, above 0 and up to 1; rounded to whole neurons, at least one.
        random: how many random subsets of each size.
        seed: of the first; the next is one higher.

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
