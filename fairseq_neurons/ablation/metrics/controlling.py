"""Mask neurons at chosen words alone, and count how the translations change, from past to present for example.

Bau et al. 2019, "Identifying and Controlling Important Neurons in Neural Machine Translation" (Section 5), set neurons
to the means of another tense, number or gender; Dalvi et al. 2019 name it in their closing section. (A *control task*
is something else: random labels, see `fairseq_neurons.probing.control_task`.)
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairseq_neurons.ablation.curve_records import Point, Scalar, Score, Significance
from fairseq_neurons.ablation.metrics.bleu import Bleu, TranslationOptions
from fairseq_neurons.ablation.metrics.metric import LoadedSubset, Metric
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import labels_of, read_labels
from fairseq_neurons.storage.files import read_lines

if TYPE_CHECKING:
    from fairseq_neurons.activations import Activations
    from fairseq_neurons.masks import ChosenWords

logger = logging.getLogger(__name__)

CONFIDENCE = 0.95
NEEDED = ("labels", "at", "to", "outcome")

Lexicon = Mapping[str, str]


@dataclass
class ControllingOptions(TranslationOptions):
    """Options of controlling, all for ``metric=control``.

    Args:
        labels: a file of one label a source word of the subset.
        at: the label at whose words the neurons are masked; the translations should lose it.
        to: the label that they should have instead.
        outcome: a lexicon that labels translations: on each line a word of the target language, a tabulator and a
            label; words with several labels are ignored.
        means_labels: labels of the words of ``means``, a file or a labeler: ``value=mean`` is then the mean over those
            with the label ``to``.
        strength: 1 for that mean, 2 for twice as far from the mean over the words with the label ``at``.
        column: of CoNLL-U label files, see `labels.read_column`.
    """

    labels: str | None = None
    at: str | None = None
    to: str | None = None
    outcome: str | None = None
    means_labels: str | None = None
    strength: float = 1.0
    column: str | None = None

    @property
    def needed(self) -> tuple[str, str, str, str]:
        """Labels, at, to and outcome, which have been checked."""
        assert self.labels and self.at and self.to and self.outcome
        return self.labels, self.at, self.to, self.outcome


class Told(NamedTuple):
    """Which labels the outputs of the masked sentences have, bool (sentences,) each."""

    at: np.ndarray
    to: np.ndarray


class Controlling(Metric[list[str], ControllingOptions]):
    """Count translations whose label turns when neurons are masked at words of that label.

    An output has the labels of its words in a lexicon. Of the sentences that have a chosen word, those can turn whose
    unablated output has ``at`` and not ``to``; they have turned when it is the other way round.

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
        self.bleu, self.lexicon, self.chosen, self.at, self.to = bleu, lexicon, chosen, at, to
        known = sorted(set(lexicon.values()))
        for name, label in (("at", at), ("to", to)):
            if label not in known:
                has = f"no word of outcome= has this label alone; the labels are {', '.join(known)}"
                raise InputError(f"{name}={label}: {has}.")
        self._unablated: list[str] = []

    @classmethod
    def open(cls, subset: LoadedSubset, options: ControllingOptions) -> Controlling:
        """See `Metric.open`."""
        labels, at, to, outcome = options.needed
        values = read_labels(labels, options.column).values
        chosen = np.array([line.count(at) for line in values], dtype=np.int64)
        return cls(Bleu.of_translations(subset, options), read_lexicon(outcome), chosen, at, to)

    @classmethod
    def check(cls, options: ControllingOptions, means: str | None) -> None:
        """See `Metric.check`."""
        options.check_search()
        for name in NEEDED:
            if not getattr(options, name):
                raise InputError(f"metric=control needs {', '.join(NEEDED)}; {name}= is missing.")
        if options.at == options.to:
            raise InputError(f"at={options.at}, to={options.to}: give two different labels.")
        if options.means_labels is not None and means is None:
            raise InputError("means_labels= gives the labels of a dump; name it with value=mean means=DUMP.")
        if not math.isfinite(options.strength) or (options.strength != 1 and options.means_labels is None):
            given = f"strength={options.strength}"
            raise InputError(f"{given}: give a finite number, with means_labels= for the means that it is between.")

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
        to, at = (_mean_at(dump, labels, label, options.means_labels) for label in (options.to, options.at))
        return at + options.strength * (to - at)

    @classmethod
    def mask_settings(cls, options: ControllingOptions) -> str:
        """Whither the mask values point."""
        return f"|towards:{options.to}|strength:{options.strength:g}" if options.means_labels else ""

    @classmethod
    def words(cls, subset: LoadedSubset, options: ControllingOptions) -> ChosenWords:
        """The words of the subset with the label ``at``; see `Metric.words`."""
        from fairseq_neurons.plugin.chosen_words import words_labelled
        from fairseq_neurons.plugin.dataset_sentences import sentences_of
        from fairseq_neurons.plugin.dataset_subsets import load_subset

        labels, at, _, _ = options.needed
        task = subset.loaded.task
        sentences = sentences_of(load_subset(task, subset.subset), task.source_dictionary)
        return words_labelled(sentences, at, read_labels(labels, options.column))

    @classmethod
    def summary(cls, options: ControllingOptions, point: Point) -> str:
        """How many translations could turn."""
        could, sentences, words = (point.extra[name] for name in ("could_turn", "sentences", "words"))
        counted = f"{could} of {sentences} sentences that have one of the {words} words"
        return f"Percentage of translations turned from {options.at} to {options.to}, of those that could: {counted}."

    @property
    def signature(self) -> str:
        """Of the labels, the lexicon, and the translations."""
        lines = "".join(f"{word}\t{label}\n" for word, label in sorted(self.lexicon.items()))
        outcome = hashlib.sha256(lines.encode("utf-8")).hexdigest()[:8]
        return f"control|at:{self.at}|to:{self.to}|outcome:{outcome}|{self.bleu.signature}"

    @property
    def test_signature(self) -> str:
        """McNemar's test and Wilson's interval."""
        return f"paired:mcnemar-exact|interval:wilson|confidence:{CONFIDENCE}|{self.signature}"

    def relate_to(self, unablated: list[str]) -> None:
        """See `Metric.relate_to`; warns if no sentence can turn."""
        self._unablated = unablated
        if not self._can_turn.any():
            logger.warning("none can turn: no unablated translation has %s and not %s by outcome=", self.at, self.to)

    def run(self) -> list[str]:
        """The hypotheses."""
        return self.bleu.run()

    def score(self, output: list[str]) -> Score:
        """Percentage of the sentences that have turned among those that can (0 of none), counts, BLEU of the subset.

        ``words`` are the chosen ones, ``sentences`` those that have one; of these, ``changed`` have another output than
        unablated, ``lost`` no longer have ``at``, ``gained`` now have ``to``, ``could_turn`` and ``turned``.
        """
        before, now, turned = self._told(self._unablated), self._told(output), self._turned(output)
        counts: dict[str, Scalar] = {
            "turned": int(turned.sum()),
            "could_turn": len(turned),
            "changed": sum(self._unablated[i] != output[i] for i in self._sentences),
            "lost": int((before.at & ~now.at).sum()),
            "gained": int((~before.to & now.to).sum()),
            "sentences": len(self._sentences),
            "words": int(self.chosen.sum()),
        }
        return Score(_percent(int(turned.sum()), turned), {**counts, "bleu": self.bleu.score(output).score})

    def pack(self, output: list[str]) -> bytes:
        """A line a sentence."""
        return self.bleu.pack(output)

    def unpack(self, content: bytes) -> list[str]:
        """The lines."""
        return self.bleu.unpack(content)

    def compare(self, baseline: list[str], others: Sequence[list[str]]) -> list[Significance]:
        """McNemar's exact test on the sentences that can turn, see `Metric.compare`.

        ``only_this`` have turned here and not in the baseline, ``only_other`` the other way round. Unablated, none has
        turned: whether neurons matter is shown by a comparison with as many random ones.
        """
        return [self._compare(self._turned(baseline), self._turned(other)) for other in others]

    def _compare(self, a: np.ndarray, b: np.ndarray) -> Significance:
        from scipy.stats import binomtest

        ends = binomtest(int(b.sum()), len(b)).proportion_ci(CONFIDENCE, method="wilson") if len(b) else (None, None)
        low, high = (None if end is None else 100 * float(end) for end in ends)
        only_this, only_other = int((b & ~a).sum()), int((a & ~b).sum())
        differing = only_this + only_other
        return Significance(
            _percent(int(b.sum()), b),
            _percent(only_this - only_other, b),
            float(binomtest(only_this, differing).pvalue) if differing else 1.0,
            low,
            high,
            {"only_this": only_this, "only_other": only_other},
        )

    @property
    def _sentences(self) -> list[int]:
        return np.flatnonzero(self.chosen).tolist()

    @property
    def _can_turn(self) -> np.ndarray:
        before = self._told(self._unablated)
        return before.at & ~before.to

    def _turned(self, output: list[str]) -> np.ndarray:
        """Bool (sentences that can turn,)."""
        now = self._told(output)
        return (now.to & ~now.at)[self._can_turn]

    def _told(self, output: list[str]) -> Told:
        labels = [{self.lexicon.get(word) for word in output[i].split()} for i in self._sentences]
        return Told(*(np.array([label in found for found in labels], dtype=bool) for label in (self.at, self.to)))


def read_lexicon(path: str | Path) -> dict[str, str]:
    """Word -> label, from lines of both with a tabulator between them; words that have several labels are left out.

    Raises:
        InputError: if the file cannot be read, or a line is no such pair.
    """
    labels: dict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(read_lines(Path(path), "lexicon"), start=1):
        word, _, label = line.partition("\t")
        if not word or not label or any(character.isspace() for character in word + label):
            raise InputError(f"{path}, line {number}: expected a word, a tabulator and a label, not {line!r}.")
        labels[word].add(label)
    return {word: found.pop() for word, found in labels.items() if len(found) == 1}


def _percent(count: int, among: np.ndarray) -> float:
    return 100 * count / len(among) if len(among) else 0.0


def _mean_at(dump: Activations, labels: Sequence[str | None], label: str | None, source: str) -> np.ndarray:
    chosen = np.array([found == label for found in labels], dtype=bool)  # (words,)
    if not chosen.any():
        raise InputError(f"No word of {dump.path} has the label {label} of {source}.")
    total, start = np.zeros(len(dump.neurons)), 0
    for block in dump.blocks():
        total += block[chosen[start : start + len(block)]].sum(axis=0, dtype=np.float64)
        start += len(block)
    return total / chosen.sum()
