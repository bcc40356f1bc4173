"""What the page tells of one model's neurons, computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from tqdm import tqdm

from fairseq_neurons.page.neuron_orders import Sort, sorts_of
from fairseq_neurons.page.quantise import Quantised, quantise
from fairseq_neurons.runs.run_folder import Dump, Model, Run
from fairseq_neurons.runs.run_labels import labels_for
from fairseq_neurons.statistics.label_auc import Separation, separation
from fairseq_neurons.statistics.similar_neurons import Neighbours, neighbours
from fairseq_neurons.statistics.word_types import WordStatistics, word_statistics

NEAREST = 3

Result = TypeVar("Result")


@dataclass(frozen=True)
class Facts:
    """Of one model.

    Args:
        model: whose neurons they are.
        dump: that shows them.
        sentences: how many of the dump's first ones are shown.
        values: of the neurons at the words of these.
        statistics: over all words, as all that follows.
        separations: of the words' labels, by the name of the set.
        sorts: orders of the neurons.
        neighbours: in the other models, by name.
    """

    model: Model
    dump: Dump
    sentences: int
    values: Quantised
    statistics: WordStatistics
    separations: Mapping[str, Separation]
    sorts: list[Sort]
    neighbours: Mapping[str, Neighbours]


def facts_of(run: Run, model: Model, language: str, sentences: int) -> Facts:
    """Read the model's dump, and those of the others over the same words.

    Args:
        run: that the model is of.
        model: which has a dump.
        language: of the words, for built-in labelers.
        sentences: how many are shown at most.

    Raises:
        InputError: if a dump or a label file is broken.
    """
    dump = run.dump_of(model)
    activations = dump.activations
    shown = min(sentences, activations.manifest.sentences)
    labels = labels_for(run, model, dump, language)
    others = {name: other.activations for name, other in run.others(model).items()}
    with tqdm(desc=f"{model.name}: words, labels, likes", total=len(labels) + 3, unit="read", disable=None) as bar:

        def done(result: Result) -> Result:
            bar.update()
            return result

        separations = {name: done(separation(activations, values)) for name, values in labels.items()}
        return Facts(
            model=model,
            dump=dump,
            sentences=shown,
            values=done(quantise(activations, int(activations.offsets[shown]))),
            statistics=done(word_statistics(activations)),
            separations=separations,
            sorts=sorts_of(model, separations),
            neighbours=done(neighbours(activations, others, NEAREST)),
        )
