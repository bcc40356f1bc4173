"""The best single neuron for each property of words, and its top words (Dalvi et al. 2019, Table 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.labels import LABELERS, labels_of
from fairseq_neurons.labels.word_lists import LANGUAGES
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.experiment_text import labels_of_task
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.statistics.label_auc import separation
from fairseq_neurons.statistics.word_types import WordStatistics, word_statistics

# The paper's, by labeler: Figure 3 has position, Table 3 the others.
PROPERTIES = {POSITION: ("begin", "end"), "numbers": ("number",), "negation": ("negation",), "months": ("month",)}
# With fewer words of a label than this, some neuron separates them from the others by chance.
LEAST_WORDS_OF_LABEL = 10
TOP_WORDS = 10
# Means over fewer occurrences of a word are unreliable.
LEAST_OCCURRENCES = 5


@dataclass(frozen=True)
class BestNeuron:
    """The neuron that best separates the words of a label from all others, over the test words.

    Args:
        label: a property of words.
        words: how many test words have it.
        neuron: its name; None if too few words have the label.
        auc: the probability that its state is higher at a word with the label than at another one.
        rank: its position in the cross-model ranking, from 1.
        top: of the words that occur at least five times, those at which it is highest on average, or lowest if
            ``auc`` is below a half.
    """

    label: str
    words: int
    neuron: str | None = None
    auc: float | None = None
    rank: int | None = None
    top: tuple[str, ...] = ()


def best_single_neurons(experiment: Experiment, model: str) -> list[BestNeuron]:
    """Find the best neuron of a model for every property of Table 3 and Figure 3, and for the labels that a task shows.

    Raises:
        InputError: if the model has no dump of the test words, or no cross-model ranking.
    """
    dump = Activations(experiment.folder / "activations" / model)
    ranking = Ranking.load(experiment.folder / f"rankings/{model}/{CROSS_MODEL}.json")
    statistics = word_statistics(dump)
    return [
        best
        for labels, wanted in _properties(experiment, dump)
        for best in _best(dump, labels, wanted, statistics, ranking)
    ]


def _properties(experiment: Experiment, dump: Activations) -> Iterator[tuple[list[str | None], tuple[str, ...]]]:
    """The labels of all test words, and the ones among them that a neuron is sought for."""
    for labeler, wanted in PROPERTIES.items():
        if labeler == POSITION or experiment.src in LANGUAGES:
            yield _labels(experiment, dump, labeler), wanted
    for name, task in experiment.tasks.items():
        if task.shown and task.test_text is None:
            yield _labels(experiment, dump, labels_of_task(name, task, "test")), tuple(task.shown)


def _labels(experiment: Experiment, dump: Activations, given: str) -> list[str | None]:
    spec = given if given in LABELERS else str(experiment.folder / given)
    return labels_of(dump.sentences, spec, language=experiment.src, eos=dump.manifest.eos)


def _best(
    dump: Activations,
    labels: list[str | None],
    wanted: tuple[str, ...],
    statistics: WordStatistics,
    ranking: Ranking,
) -> Iterator[BestNeuron]:
    counts, found = Counter(labels), separation(dump, labels, LEAST_WORDS_OF_LABEL)
    for label in wanted:
        if label not in found.labels:
            yield BestNeuron(label, counts[label])
            continue
        areas = found.auc[found.labels.index(label)]
        best = int(np.abs(areas - 0.5).argmax())
        lowest = bool(areas[best] < 0.5)
        yield BestNeuron(
            label,
            counts[label],
            ranking.neurons.name(best),
            float(areas[best]),
            int(np.flatnonzero(ranking.order == best)[0]) + 1,
            tuple(top.word for top in statistics.by_mean(best, TOP_WORDS, LEAST_OCCURRENCES, lowest=lowest)),
        )
