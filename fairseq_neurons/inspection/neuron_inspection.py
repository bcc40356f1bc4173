"""Inspect one neuron: compute everything that dumps, labels and rankings say about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.inspection.findings import Detected, Findings, Known, Standing
from fairseq_neurons.inspection.inspection_settings import InspectionSettings
from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.inspection.terminal_view import described
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.label_auc import separation
from fairseq_neurons.statistics.neuron_columns import column_of
from fairseq_neurons.statistics.similar_neurons import neighbours_of
from fairseq_neurons.statistics.word_types import word_statistics


@dataclass(frozen=True)
class View:
    """How much of an inspection is printed.

    Args:
        words: top words of each kind.
        sentences: with the highest values, and as many with the lowest.
        painter: colours the words of sentences; None writes values below them.
    """

    words: int = InspectionSettings.words
    sentences: int = InspectionSettings.sentences
    painter: Painter | None = None


@dataclass(frozen=True)
class Inspection(Findings):
    """Findings that ``print`` shows as ``fairseq-neurons-inspect`` does.

    Args:
        view: how much is printed.
    """

    view: View = View()

    def __str__(self) -> str:
        columns = shutil.get_terminal_size().columns
        return described(self, self.view.words, self.view.sentences, columns, self.view.painter).rstrip("\n")


def inspect_neuron(known: Known, neuron: int, near: int = 3) -> Inspection:
    """Compute everything about one neuron; dumps are read a few times, in blocks.

    Args:
        known: dump, labels, rankings, other models.
        neuron: its index.
        near: number of similar neurons in each other model.

    Raises:
        InputError: if a ranking, labels or a dump belong to another model or to other words, or a value is not finite.
    """
    known.check()
    probes = dict.fromkeys(probe for probe, _ in known.label_rankings)
    return Inspection(
        neuron=neuron,
        known=known,
        values=column_of(known.dump, neuron),
        statistics=word_statistics(known.dump, slice(neuron, neuron + 1)),
        detected=sorted(_detected(known, neuron), key=lambda found: -abs(found.auc - 0.5)),
        standings=_standings(known.rankings, neuron),
        label_standings={probe: _standings(_of_probe(known, probe), neuron) for probe in probes},
        neighbours=neighbours_of(known.dump, neuron, known.others, near),
    )


def _detected(known: Known, neuron: int) -> Iterator[Detected]:
    for name, labels in known.labels.items():
        found = separation(known.dump, labels, neurons=slice(neuron, neuron + 1))
        for label, auc, count in found.best(0, len(found.labels)):
            yield Detected(name, label, auc, count)


def _of_probe(known: Known, probe: str) -> dict[str, Ranking]:
    """The rankings for a probe's labels, by label; two labels whose weights differ in sign only share one."""
    found = {label: ranking for (own, label), ranking in known.label_rankings.items() if own == probe}
    if len(found) == 2:
        first, second = found.values()
        if np.array_equal(first.order, second.order):
            return {" or ".join(found): first}
    return found


def _standings(rankings: Mapping[str, Ranking], neuron: int) -> list[Standing]:
    found = []
    for name, ranking in rankings.items():
        place = int(np.flatnonzero(ranking.order == neuron)[0])
        found.append(Standing(name, place + 1, len(ranking.order), float(ranking.scores[place]), ranking.method))
    return sorted(found, key=lambda standing: standing.rank)
