"""What is known about neurons, and what is found about one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.same_model import check_same_model
from fairseq_neurons.statistics.similar_neurons import Neighbours
from fairseq_neurons.statistics.strongest_sentences import strongest_sentences
from fairseq_neurons.statistics.word_types import WordStatistics


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
class Findings:
    """Everything found about one neuron.

    Args:
        neuron: its index.
        known: the data that was searched.
        values: at all words, float32 (N,).
        statistics: of the words, for this neuron alone: ``statistics.by_share(0)`` are its top words.
        detected: labels, the best detected first; see `Separation.best`.
        standings: ranks in all rankings, the best first.
        label_standings: ranks in the rankings for each probe's labels, the best first, by the name of the probe.
        neighbours: (1, k) most similar neurons in the other models, by the model's name.
    """

    neuron: int
    known: Known
    values: np.ndarray
    statistics: WordStatistics
    detected: list[Detected]
    standings: list[Standing]
    label_standings: Mapping[str, list[Standing]]
    neighbours: Mapping[str, Neighbours]

    def strongest_sentences(self, count: int = 5, lowest: bool = False) -> list[int]:
        """The sentences with the neuron's highest (or lowest) values, from 0, the most extreme first.

        Args:
            count: how many at most.
            lowest: whether the lowest values are wanted.
        """
        return strongest_sentences(self.values, self.known.dump.offsets, count, lowest)
