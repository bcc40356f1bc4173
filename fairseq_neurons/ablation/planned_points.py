"""The points that a curve will have, with the mask of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairseq_neurons.ablation.ablation_settings import PointOptions
from fairseq_neurons.ablation.curve_records import Choice
from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.neuron_count import neuron_count

UNABLATED = "unablated"


@dataclass(frozen=True)
class PlannedPoint:
    """One evaluation of an ablated model.

    Args:
        choice: which neurons are masked first.
        share: the number of neurons, as it was given.
        mask: the neurons that are masked.
    """

    choice: Choice
    share: str
    mask: Mask

    @property
    def neurons(self) -> int:
        """How many are masked."""
        return len(self.mask.indices)

    @property
    def key(self) -> str:
        """The same for masks that do the same: of equal neurons at equal values."""
        return key_of(self.mask)

    def at(self, words: ChosenWords | None) -> PlannedPoint:
        """The same neurons, masked at these words alone; None is everywhere."""
        return replace(self, mask=replace(self.mask, words=words))


def plan(
    options: PointOptions, rankings: Mapping[str, Ranking], means: np.ndarray | None = None, made_means: str = ""
) -> list[PlannedPoint]:
    """All points, each number of neurons once a curve.

    Args:
        options: which.
        rankings: of the same neurons, by name.
        means: (neurons,) for ``value=mean``.
        made_means: what else made the mask values, for the signature.

    Raises:
        InputError: if a point or the value is invalid.
    """
    planned, value = [], options.mask_value
    for name, ranking in rankings.items():
        for order in options.order:
            for seed in range(1, options.seeds + 1) if order == "random" else (None,):
                indices = order_of(ranking, order, seed)
                for count, share in _counts(options.points, len(indices)).items():
                    how = f"ranking:{name}|method:{ranking.method}|{order}:{count}" + (f"|seed:{seed}" if seed else "")
                    chosen, how = indices[:count], how + made_means
                    mask = Mask.of(ranking.neurons, chosen, value, options.site, means, how)
                    planned.append(PlannedPoint(Choice(name, order, seed), share, mask))
    return planned


def order_of(ranking: Ranking, order: str, seed: int | None) -> np.ndarray:
    """int64 (neurons,), in the order in which they are masked; a random order depends on the seed alone."""
    if order == "random":
        return np.random.default_rng(seed).permutation(len(ranking.order)).astype(np.int64)
    return ranking.top(len(ranking.order)) if order == "top" else ranking.bottom(len(ranking.order))


def key_of(mask: Mask) -> str:
    """A file name for what is measured under a mask; its site and words are those of the whole folder."""
    if not len(mask.indices):
        return UNABLATED
    return f"{len(mask.indices)}-{mask.digest[:16]}"


def _counts(points: Sequence[Any], total: int) -> dict[int, str]:
    """Numbers of neurons, with the first way in which each was given."""
    counts: dict[int, str] = {}
    for point in points:
        counts.setdefault(neuron_count(str(point), total, "points="), str(point))
    return counts
