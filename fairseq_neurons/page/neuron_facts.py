"""Compute what the page shows about the neurons of one model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from tqdm import tqdm

from fairseq_neurons.page.neuron_orders import NeuronOrder, orders_of
from fairseq_neurons.page.quantise import Quantised, quantise
from fairseq_neurons.runs.run_folder import Dump, Model, Run
from fairseq_neurons.runs.run_labels import labels_for
from fairseq_neurons.statistics.label_auc import Separation, separation
from fairseq_neurons.statistics.similar_neurons import Neighbours, neighbours
from fairseq_neurons.statistics.word_types import WordStatistics, word_statistics

NEAREST = 3

Result = TypeVar("Result")


@dataclass(frozen=True)
class NeuronFacts:
    """What the page shows about the neurons of one model.

    Args:
        model: the model.
        dump: the dump of its states.
        sentences: number of sentences shown, from the start of the dump.
        values: values of the neurons at the words of these sentences.
        statistics: statistics of words; like all following fields, over the whole dump.
        separations: how well neurons detect labels, by the name of the label set.
        orders: orders in which the neurons can be listed.
        neighbours: similar neurons in the other models, by model name.
    """

    model: Model
    dump: Dump
    sentences: int
    values: Quantised
    statistics: WordStatistics
    separations: Mapping[str, Separation]
    orders: list[NeuronOrder]
    neighbours: Mapping[str, Neighbours]


def compute_facts(run: Run, model: Model, language: str, sentences: int) -> NeuronFacts:
    """Read the dump of a model, and those of other models over the same words.

    Args:
        run: the run.
        model: a model of the run with a dump.
        language: language of the words, for built-in labelers.
        sentences: maximum number of sentences to show.

    Raises:
        InputError: if a dump or a label file is damaged.
    """
    dump = run.dump_of(model)
    activations = dump.activations
    shown = min(sentences, activations.manifest.sentences)
    labels = labels_for(run, model, dump, language)
    others = {name: other.activations for name, other in run.others(model).items()}
    with tqdm(
        desc=f"{model.name}: words, labels, similar neurons", total=len(labels) + 3, unit="read", disable=None
    ) as bar:

        def done(result: Result) -> Result:
            bar.update()
            return result

        separations = {name: done(separation(activations, values)) for name, values in labels.items()}
        return NeuronFacts(
            model=model,
            dump=dump,
            sentences=shown,
            values=done(quantise(activations, int(activations.offsets[shown]))),
            statistics=done(word_statistics(activations)),
            separations=separations,
            orders=orders_of(model, separations),
            neighbours=done(neighbours(activations, others, NEAREST)),
        )
