"""The points of a curve, and the masks they stand for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fairseq_neurons.ablation.ablation_settings import ORDERS, AblationSettings
from fairseq_neurons.masks import ChosenWords, Mask, amount
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.results_log import Entry

UNABLATED = "unablated"


@dataclass(frozen=True)
class Point:
    """One evaluation of an ablated model.

    Args:
        ranking: the name under which its file was given.
        order: ``top``, ``bottom`` or ``random``.
        seed: of a random order; None for the others.
        share: the number of neurons, as it was given.
        mask: the neurons that are clamped.
    """

    ranking: str
    order: str
    seed: int | None
    share: str
    mask: Mask

    @property
    def neurons(self) -> int:
        """How many are clamped."""
        return len(self.mask.indices)

    @property
    def key(self) -> str:
        """The same for masks that do the same: of equal neurons at equal values."""
        return key_of(self.mask)

    def at(self, words: ChosenWords | None) -> Point:
        """The same neurons, held at these words alone; None is everywhere."""
        return replace(self, mask=replace(self.mask, words=words))


def plan(settings: AblationSettings, rankings: Mapping[str, Ranking], means: np.ndarray | None) -> list[Point]:
    """All points, each number of neurons once a curve.

    Args:
        settings: which.
        rankings: of the same neurons, by name.
        means: (neurons,) for ``value=mean``.

    Raises:
        InputError: if a point or the value cannot be.
    """
    points, value = [], settings.held_at
    for name, ranking in rankings.items():
        for order in settings.order:
            for seed in range(1, settings.seeds + 1) if order == "random" else (None,):
                indices = order_of(ranking, order, seed)
                for count, share in _counts(settings.points, len(indices)).items():
                    how = f"ranking:{name}|method:{ranking.method}|{order}:{count}" + (f"|seed:{seed}" if seed else "")
                    how += f"|towards:{settings.to}|strength:{settings.strength:g}" if settings.means_labels else ""
                    chosen = indices[:count]
                    mask = Mask.of(ranking.neurons, chosen, value, settings.site, means, how)
                    points.append(Point(name, order, seed, share, mask))
    return points


def order_of(ranking: Ranking, order: str, seed: int | None) -> np.ndarray:
    """int64 (neurons,), those that are clamped first at the front; a random order depends on the seed alone."""
    if order == "random":
        return np.random.default_rng(seed).permutation(len(ranking.order)).astype(np.int64)
    return ranking.top(len(ranking.order)) if order == "top" else ranking.bottom(len(ranking.order))


def key_of(mask: Mask) -> str:
    """A file name for what is measured under a mask; its site and words are those of the whole folder."""
    if not len(mask.indices):
        return UNABLATED
    content = hashlib.sha256(mask.indices.astype("<i8").tobytes() + mask.values.astype("<f4").tobytes())
    return f"{len(mask.indices)}-{content.hexdigest()[:16]}"


def place_in_order(entry: Entry) -> tuple[Any, ...]:
    """Sorts the points of a folder, whatever runs measured them."""
    return entry["ranking"], ORDERS.index(entry["order"]), entry["seed"] or 0, entry["neurons"]


def _counts(points: Sequence[Any], total: int) -> dict[int, str]:
    """Numbers of neurons, with the first way in which each was given."""
    counts: dict[int, str] = {}
    for point in points:
        counts.setdefault(amount(str(point), total, "points="), str(point))
    return counts
