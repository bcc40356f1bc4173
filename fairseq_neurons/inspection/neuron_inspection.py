"""All there is to say about one neuron."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.label_auc import separation
from fairseq_neurons.statistics.neuron_columns import column_of
from fairseq_neurons.statistics.similar_neurons import Neighbours, neighbours_of
from fairseq_neurons.statistics.word_types import WordStatistics, word_statistics


@dataclass(frozen=True)
class Known:
    """What is known of a dump's words and of its neurons.

    Args:
        dump: N words and D neurons.
        labels: (N,) labels of the words, by the name of the set; None where a word has none.
        rankings: of the neurons, by name.
        label_rankings: for single labels, by the names of probe and label.
        others: dumps of other models over the same words, by the model's name.
    """

    dump: Activations
    labels: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    rankings: Mapping[str, Ranking] = field(default_factory=dict)
    label_rankings: Mapping[tuple[str, str], Ranking] = field(default_factory=dict)
    others: Mapping[str, Activations] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse rankings of other models.

        Raises:
            InputError: naming the ranking.
        """
        ours = self.dump.manifest.checkpoint_sha256
        for name, ranking in self.rankings.items():
            theirs = ranking.checkpoint_sha256
            if ranking.neurons != self.dump.neurons:
                raise InputError(f"{name} ranks {ranking.neurons}, {self.dump.path} has {self.dump.neurons}.")
            if ours and theirs and ours != theirs:
                raise InputError(
                    f"{name} is a ranking of another model ({theirs[:8]}) than {self.dump.path} ({ours[:8]})."
                )


@dataclass(frozen=True)
class Detected:
    """A label and how well a neuron tells its words from the others.

    Args:
        labels: the set that it is of.
        label: its name.
        auc: see `Separation`.
        count: how many words have it.
    """

    labels: str
    label: str
    auc: float
    count: int


@dataclass(frozen=True)
class Standing:
    """Where a neuron stands in a ranking.

    Args:
        ranking: its name; of a label's ranking, that of the label.
        rank: from 1.
        of: how many neurons are ranked.
        score: of the neuron.
        method: of the ranking.
    """

    ranking: str
    rank: int
    of: int
    score: float
    method: str


@dataclass(frozen=True)
class Inspection:
    """What is found of one neuron.

    Args:
        neuron: its index.
        known: where it was looked for.
        values: at all words, float32 (N,).
        statistics: of this neuron alone, which is its neuron 0.
        detected: the labels it tells best first; see `Separation.best`.
        standings: in all rankings, the best first.
        label_standings: in those of every probe's labels, likewise, by the name of the probe.
        neighbours: (1, k) nearest neurons in the other models, by name.
    """

    neuron: int
    known: Known
    values: np.ndarray
    statistics: WordStatistics
    detected: list[Detected]
    standings: list[Standing]
    label_standings: Mapping[str, list[Standing]]
    neighbours: Mapping[str, Neighbours]


def inspect(known: Known, neuron: int, near: int = 3) -> Inspection:
    """Ask everything of one neuron; dumps are read a few times, in blocks.

    Args:
        known: dump, labels, rankings, other models.
        neuron: its index.
        near: how many neighbours in each other model.

    Raises:
        InputError: if something known is of another model or of other words, or a value is not a finite number.
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
    """The rankings for a probe's labels, by label; of two labels with the same weights but for the sign, one."""
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
