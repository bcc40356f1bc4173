"""Everything that dumps, labels and rankings say about one neuron."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.same_model import check_same_model
from fairseq_neurons.statistics.label_auc import separation
from fairseq_neurons.statistics.neuron_columns import column_of
from fairseq_neurons.statistics.similar_neurons import Neighbours, neighbours_of
from fairseq_neurons.statistics.strongest_sentences import strongest_sentences
from fairseq_neurons.statistics.word_types import WordStatistics, word_statistics


@dataclass(frozen=True)
class Known:
    """A dump with labels of its words, rankings of its neurons and dumps of other models.

    Args:
        dump: N words and D neurons.
        labels: (N,) labels of the words, by the name of the label set; None where a word has no label.
        rankings: of the neurons, by name.
        label_rankings: for single labels, by the names of probe and label.
        others: dumps of the same words by other models, by the model's name.
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
        for name, ranking in self.rankings.items():
            check_same_model((name, ranking), (self.dump.path, self.dump))


@dataclass(frozen=True)
class Detected:
    """A label and how well a neuron detects it.

    Args:
        labels: name of the label set.
        label: name of the label.
        auc: area under the ROC curve, see `Separation`.
        count: number of words with this label.
    """

    labels: str
    label: str
    auc: float
    count: int


@dataclass(frozen=True)
class Standing:
    """The rank of a neuron.

    Args:
        ranking: name of the ranking, or of the label whose ranking it is.
        rank: from 1.
        of: number of ranked neurons.
        score: of the neuron.
        method: of the ranking.
    """

    ranking: str
    rank: int
    of: int
    score: float
    method: str


@dataclass(frozen=True)
class View:
    """How much of an inspection is printed.

    Args:
        words: top words of each kind.
        sentences: with the highest values, and as many with the lowest.
        painter: colours the words of sentences; None writes values below them.
    """

    words: int = 10
    sentences: int = 5
    painter: Painter | None = None


@dataclass(frozen=True)
class Inspection:
    """Everything found about one neuron; ``print`` shows it as ``fairseq-neurons-inspect`` does.

    Args:
        neuron: its index.
        known: the data that was searched.
        values: at all words, float32 (N,).
        statistics: of the words, for this neuron alone: ``statistics.by_share(0)`` are its top words.
        detected: labels, the best detected first; see `Separation.best`.
        standings: ranks in all rankings, the best first.
        label_standings: ranks in the rankings for each probe's labels, the best first, by the name of the probe.
        neighbours: (1, k) most similar neurons in the other models, by the model's name.
        view: how much is printed.
    """

    neuron: int
    known: Known
    values: np.ndarray
    statistics: WordStatistics
    detected: list[Detected]
    standings: list[Standing]
    label_standings: Mapping[str, list[Standing]]
    neighbours: Mapping[str, Neighbours]
    view: View = View()

    def strongest_sentences(self, count: int = 5, lowest: bool = False) -> list[int]:
        """The sentences with the neuron's highest (or lowest) values, from 0, the most extreme first.

        Args:
            count: how many at most.
            lowest: whether the lowest values are wanted.
        """
        return strongest_sentences(self.values, self.known.dump.offsets, count, lowest)

    def __str__(self) -> str:
        # The terminal's view is made of this record.
        from fairseq_neurons.inspection.terminal_view import described

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
