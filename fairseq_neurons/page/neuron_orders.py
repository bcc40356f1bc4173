"""Orders in which the page can list neurons: by ranking, and by how well they predict a label."""

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
class NeuronOrder:
    """All neurons of a model in some order.

    Args:
        kind: ``ranking`` (for all labels or without labels), ``label`` (a ranking for one label), or ``auc``.
        name: name of the ranking, or of the label set.
        label: name of the label; empty for a ranking.
        method: method of the ranking.
        signature: signature of the ranking.
        order: int64 (D,), neuron indices.
        scores: float64 (D,), in the same order.
    """

    kind: str
    name: str
    label: str
    method: str
    signature: str
    order: np.ndarray
    scores: np.ndarray

    @cached_property
    def positions(self) -> np.ndarray:
        """The position of each neuron, int64 (D,), from 0."""
        positions = np.empty_like(self.order)
        positions[self.order] = np.arange(len(positions))
        return positions

    def described(self) -> dict[str, str]:
        """The description that the page offers as an order."""
        return {
            **{"kind": self.kind, "name": self.name, "label": self.label},
            **{"method": self.method, "signature": self.signature},
        }

    def content(self) -> dict[str, Any]:
        """The neurons and their scores."""
        return {"order": self.order.tolist(), "scores": [short(score) for score in self.scores.tolist()]}


def orders_of(model: Model, separations: Mapping[str, Separation]) -> list[NeuronOrder]:
    """The orders of a model: rankings, rankings for single labels, and areas under the ROC curve.

    Rankings without labels come first; the page starts with the first order.
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


def _of_ranking(kind: str, name: str, label: str, ranking: Ranking) -> NeuronOrder:
    return NeuronOrder(kind, name, label, ranking.method, ranking.signature, ranking.order, ranking.scores)


def _of_separation(name: str, found: Separation) -> Iterator[NeuronOrder]:
    """Order neurons by the distance of the area from 0.5, in either direction."""
    for label, areas, count in zip(found.labels, found.auc, found.counts.tolist(), strict=True):
        order = np.argsort(-np.abs(areas - 0.5), kind="stable").astype(np.int64)
        yield NeuronOrder(AREA, name, label, f"ROC AUC, {count} words", "", order, areas[order])
