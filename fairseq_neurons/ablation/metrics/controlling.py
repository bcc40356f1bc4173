"""Mask neurons at chosen words alone, and count how the translations change, from past to present for example.

Bau et al. 2019, "Identifying and Controlling Important Neurons in Neural Machine Translation" (Section 5), set neurons
to the means of another tense, number or gender; Dalvi et al. 2019 name it in their closing section. (A *control task*
is something else: random labels, see `fairseq_neurons.probing.control_task`.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fairseq_neurons.ablation.curve_records import Point
from fairseq_neurons.ablation.metric_results import Scalar, Score, Significance
from fairseq_neurons.ablation.metrics.bleu import Bleu
from fairseq_neurons.ablation.metrics.controlling_options import ControllingOptions
from fairseq_neurons.ablation.metrics.label_means import value_towards
from fairseq_neurons.ablation.metrics.metric import LoadedSubset, Metric
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.ablation.metrics.outcome_lexicon import Lexicon, read_lexicon
from fairseq_neurons.ablation.metrics.turned_translations import CONFIDENCE, TurnedTranslations
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import labels_of, read_labels

if TYPE_CHECKING:
    from fairseq_neurons.activations import Activations
    from fairseq_neurons.labels import Labels
    from fairseq_neurons.masks import ChosenWords
    from fairseq_neurons.plugin.dataset_sentences import Sentences


class Controlling(Metric[list[str], ControllingOptions]):
    """Count translations whose label turns when neurons are masked at words of that label.

    Args:
        bleu: translates, and scores the whole subset.
        lexicon: word -> label, of words that have a single one.
        chosen: int64 (sentences,), how many words of each sentence are chosen.
        at: the label that the chosen words have.
        to: the label that the outputs should have instead.

    Raises:
        InputError: if the lexicon lacks one of the labels.
    """

    info = MetricInfo(
        "control", axis="translations turned (%)", title="Translations that turned, percent", at_words=True
    )
    Options = ControllingOptions
    folder, suffix = Bleu.folder, Bleu.suffix
    is_relative = True

    def __init__(self, bleu: Bleu, lexicon: Lexicon, chosen: np.ndarray, at: str, to: str) -> None:
        self.bleu, self.turned = bleu, TurnedTranslations(lexicon, chosen, at, to)

    @classmethod
    def open(cls, subset: LoadedSubset, options: ControllingOptions) -> Controlling:
        """See `Metric.open`."""
        _, at, to, outcome = options.needed
        _, labels = _labelled(subset, options)
        chosen = np.array([line.count(at) for line in labels.values], dtype=np.int64)
        return cls(Bleu.of_translations(subset, options), read_lexicon(outcome), chosen, at, to)

    @classmethod
    def check(cls, options: ControllingOptions, means: str | None) -> None:
        """See `Metric.check`."""
        options.check_controlling(means)

    @classmethod
    def check_default_value(cls, options: ControllingOptions, means: str | None) -> None:
        """See `Metric.check_default_value`: nothing else than the means at ``to`` moves a translation towards it."""
        if means is None or options.means_labels is None:
            raise InputError(
                f"to={options.to}: give means=DUMP means_labels=LABELS, and the neurons are masked at their means over "
                f"words with {options.to}; or another mask value with value=, such as value=zero."
            )

    @classmethod
    def identity(cls, options: ControllingOptions) -> Mapping[str, Scalar]:
        """See `Metric.identity`."""
        names = ("at", "to", "strength", "column")
        return options.identity(**{name: getattr(options, name) for name in names})

    @classmethod
    def files(cls, options: ControllingOptions) -> Mapping[str, str]:
        """The reference, the labels of the subset, and the lexicon."""
        labels, _, _, outcome = options.needed
        return {**options.files(), "labels": labels, "outcome": outcome}

    @classmethod
    def means(cls, options: ControllingOptions, dump: Activations) -> np.ndarray:
        """See `Metric.means`: the mean over all words of the dump, or over those with ``to``.

        ``strength`` moves it on the line from the mean over the words with ``at`` (0) through this one (1).
        """
        if options.means_labels is None:
            return dump.mean()
        labels = labels_of(dump.sentences, options.means_labels, options.column, eos=dump.manifest.eos)
        return value_towards(dump, labels, options.at, options.to, options.strength, options.means_labels)

    @classmethod
    def mask_settings(cls, options: ControllingOptions) -> str:
        """Whither the mask values point."""
        return f"|towards:{options.to}|strength:{options.strength:g}" if options.means_labels else ""

    @classmethod
    def words(cls, subset: LoadedSubset, options: ControllingOptions) -> ChosenWords:
        """The words of the subset with the label ``at``; see `Metric.words`."""
        from fairseq_neurons.plugin.chosen_words import words_labelled

        sentences, labels = _labelled(subset, options)
        return words_labelled(sentences, options.needed[1], labels)

    @classmethod
    def summary(cls, options: ControllingOptions, point: Point) -> str:
        """How many translations could turn."""
        could, sentences, words = (point.extra[name] for name in ("could_turn", "sentences", "words"))
        counted = f"{could} of {sentences} sentences that have one of the {words} words"
        return f"Percentage of translations turned from {options.at} to {options.to}, of those that could: {counted}."

    @property
    def signature(self) -> str:
        """Of the labels, the lexicon, and the translations."""
        lines = "".join(f"{word}\t{label}\n" for word, label in sorted(self.turned.lexicon.items()))
        outcome = hashlib.sha256(lines.encode("utf-8")).hexdigest()[:8]
        return f"control|at:{self.turned.at}|to:{self.turned.to}|outcome:{outcome}|{self.bleu.signature}"

    @property
    def test_signature(self) -> str:
        """McNemar's test and Wilson's interval."""
        return f"paired:mcnemar-exact|interval:wilson|confidence:{CONFIDENCE}|{self.signature}"

    def relate_to(self, unablated: list[str]) -> None:
        """See `Metric.relate_to`; warns if no sentence can turn."""
        self.turned.relate_to(unablated)

    def run(self) -> list[str]:
        """The hypotheses."""
        return self.bleu.run()

    def score(self, output: list[str]) -> Score:
        """Percentage of the sentences that have turned among those that can, its counts, and BLEU of the subset."""
        return Score(self.turned.share(output), {**self.turned.counts(output), "bleu": self.bleu.score(output).score})

    def pack(self, output: list[str]) -> bytes:
        """A line a sentence."""
        return self.bleu.pack(output)

    def unpack(self, content: bytes) -> list[str]:
        """The lines."""
        return self.bleu.unpack(content)

    def compare(self, baseline: list[str], others: Sequence[list[str]]) -> list[Significance]:
        """McNemar's exact test on the sentences that can turn, see `TurnedTranslations.compare`.

        Unablated, none has turned: whether neurons matter is shown by a comparison with as many random ones.
        """
        return [self.turned.compare(baseline, other) for other in others]


def _labelled(subset: LoadedSubset, options: ControllingOptions) -> tuple[Sentences, Labels]:
    """The sentences of the subset, and a label for each of their words."""
    from fairseq_neurons.plugin.chosen_words import fitted_labels
    from fairseq_neurons.plugin.dataset_sentences import sentences_of
    from fairseq_neurons.plugin.dataset_subsets import load_subset

    task = subset.loaded.task
    dataset = load_subset(task, subset.subset)
    sentences = sentences_of(dataset, task.source_dictionary, subwords=options.subwords)
    return sentences, fitted_labels(sentences, read_labels(options.needed[0], options.column))
