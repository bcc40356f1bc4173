"""Orders that a model's neurons can be shown in: its rankings, and how well they tell every label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from fairseq_neurons.page.data_scripts import short
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.run_folder import Model
from fairseq_neurons.statistics.label_auc import Separation

RANKING, LABEL, AREA = "ranking", "label", "auc"


@dataclass(frozen=True)
class Sort:
    """All neurons of a model in some order.

    Args:
        kind: ``ranking`` (of no label or of all of them), ``label`` (a ranking for one label), or ``auc``.
        name: of the ranking, or of the set that the label is of.
        label: empty for a ranking.
        method: that made it.
        signature: of its settings.
        order: int64 (D,), the first neuron first.
        scores: float64 (D,), in that order.
    """

    kind: str
    name: str
    label: str
    method: str
    signature: str
    order: np.ndarray
    scores: np.ndarray

    @cached_property
    def places(self) -> np.ndarray:
        """Where every neuron stands, from 0, int64 (D,)."""
        places = np.empty_like(self.order)
        places[self.order] = np.arange(len(places))
        return places

    def described(self) -> dict[str, str]:
        """What the page offers to sort by."""
        return {
            **{"kind": self.kind, "name": self.name, "label": self.label},
            **{"method": self.method, "signature": self.signature},
        }

    def content(self) -> dict[str, Any]:
        """The neurons and their scores."""
        return {"order": self.order.tolist(), "scores": [short(score) for score in self.scores.tolist()]}


def sorts_of(model: Model, separations: Mapping[str, Separation]) -> list[Sort]:
    """Those of a model: rankings, then rankings of single labels, then labels by area under the ROC curve.

    A ranking that needs no labels comes first: the page begins with it.
    """
    of_probes = tuple(model.probes)
    short = Counter(map(short_name, model.probes))
    whole = sorted(model.rankings.items(), key=lambda named: named[0].startswith(of_probes))
    return [
        *(_of_ranking(RANKING, name, "", ranking) for name, ranking in whole),
        *(
            _of_ranking(LABEL, short_name(probe) if short[short_name(probe)] == 1 else probe, label, ranking)
            for (probe, label), ranking in model.label_rankings.items()
        ),
        *(sort for name, found in separations.items() for sort in _of_separation(name, found)),
    ]


def short_name(probe: str) -> str:
    """``probes/pos`` -> ``pos``."""
    return probe.rpartition("/")[2]


def _of_ranking(kind: str, name: str, label: str, ranking: Ranking) -> Sort:
    return Sort(kind, name, label, ranking.method, ranking.signature, ranking.order, ranking.scores)


def _of_separation(name: str, found: Separation) -> Iterator[Sort]:
    """High and low alike: what counts is how far the area is from one half."""
    for label, areas, count in zip(found.labels, found.auc, found.counts.tolist(), strict=True):
        order = np.argsort(-np.abs(areas - 0.5), kind="stable").astype(np.int64)
        yield Sort(AREA, name, label, f"ROC AUC, {count} words", "", order, areas[order])
