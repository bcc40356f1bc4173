"""Control: hold neurons at chosen words alone, and count how the translations change, from past to present for example.

Bau et al. 2019, "Identifying and Controlling Important Neurons in Neural Machine Translation" (Section 5), set neurons
to the means of another tense, number or gender; Dalvi et al. 2019 name it in their closing section.
"""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.metrics.bleu import Bleu
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import labels_of, read_labels
from fairseq_neurons.masks import ChosenWords
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.chosen_words import chosen_words
from fairseq_neurons.plugin.dataset_sentences import sentences_of
from fairseq_neurons.plugin.dataset_subsets import load_subset
from fairseq_neurons.storage.files import read_lines
from fairseq_neurons.storage.results_log import Entry

logger = logging.getLogger(__name__)

CONFIDENCE = 0.95

Lexicon = Mapping[str, str]


class Told(NamedTuple):
    """What the outputs of the clamped sentences tell, bool (sentences,) each."""

    at: np.ndarray
    to: np.ndarray


class Control:
    """Translations whose label turns when neurons are held at words of that label.

    An output has the labels of its words in a lexicon. Of the sentences that have a chosen word, those can turn whose
    unablated output has ``at`` and not ``to``; they have turned when it is the other way round.

    Args:
        bleu: translates, and scores the whole subset.
        lexicon: word -> label, of words that have a single one.
        clamped: int64 (sentences,), how many words of each sentence are chosen.
        at: the label that the chosen words have.
        to: the label that the outputs should have instead.

    Raises:
        InputError: if the lexicon has not both labels.
    """

    folder, suffix = Bleu.folder, Bleu.suffix

    def __init__(self, bleu: Bleu, lexicon: Lexicon, clamped: np.ndarray, at: str, to: str) -> None:
        self.bleu, self.lexicon, self.clamped, self.at, self.to = bleu, lexicon, clamped, at, to
        known = sorted(set(lexicon.values()))
        for name, label in (("at", at), ("to", to)):
            if label not in known:
                raise InputError(f"{name}={label}: no word of outcome= tells it alone; they tell {', '.join(known)}.")
        self._unablated: list[str] = []

    @classmethod
    def open(cls, settings: AblationSettings, loaded: Loaded) -> Control:
        """For a loaded translation model; see `open_metric`."""
        assert settings.labels and settings.at and settings.to and settings.outcome
        bleu = Bleu.open(settings, loaded)
        values = read_labels(settings.labels, settings.column).values
        clamped = np.array([line.count(settings.at) for line in values], dtype=np.int64)
        return cls(bleu, read_lexicon(settings.outcome), clamped, settings.at, settings.to)

    @property
    def signature(self) -> str:
        """Of the labels, the lexicon, and the translations."""
        lines = "".join(f"{word}\t{label}\n" for word, label in sorted(self.lexicon.items()))
        outcome = hashlib.sha256(lines.encode("utf-8")).hexdigest()[:8]
        return f"control|at:{self.at}|to:{self.to}|outcome:{outcome}|{self.bleu.signature}"

    @property
    def test_signature(self) -> str:
        return f"paired:mcnemar-exact|interval:wilson|confidence:{CONFIDENCE}|{self.signature}"

    def relate_to(self, unablated: list[str]) -> None:
        """See `Relative.relate_to`; warns if no sentence can turn."""
        self._unablated = unablated
        if not self._can_turn.any():
            logger.warning("none can turn: no unablated translation has %s and not %s by outcome=", self.at, self.to)

    def run(self) -> list[str]:
        """The hypotheses."""
        return self.bleu.run()

    def score(self, output: list[str]) -> Entry:
        """Percentage of the sentences that have turned among those that can (0 of none), counts, BLEU of the subset.

        ``words`` are the chosen ones, ``sentences`` those that have one; of these, ``changed`` have another output than
        unablated, ``lost`` no longer have ``at``, ``gained`` now have ``to``, ``could_turn`` and ``turned``.
        """
        before, now, turned = self._told(self._unablated), self._told(output), self._turned(output)
        return {
            "score": _percent(int(turned.sum()), turned),
            "turned": int(turned.sum()),
            "could_turn": len(turned),
            "changed": sum(self._unablated[i] != output[i] for i in self._sentences),
            "lost": int((before.at & ~now.at).sum()),
            "gained": int((~before.to & now.to).sum()),
            "sentences": len(self._sentences),
            "words": int(self.clamped.sum()),
            "bleu": self.bleu.score(output)["score"],
        }

    def pack(self, output: list[str]) -> bytes:
        """A line a sentence."""
        return self.bleu.pack(output)

    def unpack(self, content: bytes) -> list[str]:
        return self.bleu.unpack(content)

    def compare(self, baseline: list[str], others: Sequence[list[str]]) -> list[Entry]:
        """McNemar's exact test on the sentences that can turn, see `Metric.compare`.

        ``only_this`` have turned here and not in the baseline, ``only_other`` the other way round. Unablated, none has
        turned: whether neurons matter, a comparison with as many random ones tells.
        """
        return [self._compare(self._turned(baseline), self._turned(other)) for other in others]

    def _compare(self, a: np.ndarray, b: np.ndarray) -> Entry:
        ends = binomtest(int(b.sum()), len(b)).proportion_ci(CONFIDENCE, method="wilson") if len(b) else (None, None)
        low, high = (None if end is None else 100 * float(end) for end in ends)
        only_this, only_other = int((b & ~a).sum()), int((a & ~b).sum())
        differing = only_this + only_other
        return {
            "score": _percent(int(b.sum()), b),
            "low": low,
            "high": high,
            "difference": _percent(only_this - only_other, b),
            "only_this": only_this,
            "only_other": only_other,
            "p_value": float(binomtest(only_this, differing).pvalue) if differing else 1.0,
        }

    @property
    def _sentences(self) -> list[int]:
        return np.flatnonzero(self.clamped).tolist()

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


def words_of(settings: AblationSettings, loaded: Loaded) -> ChosenWords | None:
    """The words at which the neurons are held; None is everywhere, as all other metrics do.

    Raises:
        InputError: if the labels are not those of the subset, or none is ``at``.
    """
    if settings.metric != "control":
        return None
    assert settings.labels and settings.at
    sentences = sentences_of(load_subset(loaded.task, settings.subset), loaded.task.source_dictionary)
    return chosen_words(sentences, settings.at, read_labels(settings.labels, settings.column))


def means_of(settings: AblationSettings, dump: Activations) -> np.ndarray:
    """What every neuron is held at, float64 (neurons,): its mean over the words of a dump, or over those with ``to``.

    ``strength`` moves it on the line from the mean over the words with ``at`` (0) through this one (1).

    Raises:
        InputError: if the labels do not fit the dump, or no word has one of the two.
    """
    if settings.means_labels is None:
        return dump.mean()
    labels = labels_of(dump.sentences, settings.means_labels, settings.column, eos=dump.manifest.eos)
    to, at = (_mean_at(dump, labels, label, settings.means_labels) for label in (settings.to, settings.at))
    return at + settings.strength * (to - at)


def read_lexicon(path: str | Path) -> dict[str, str]:
    """Word -> label, from lines of both with a tabulator between them; words that have several labels are left out.

    Raises:
        InputError: if the file cannot be read, or a line is no such pair.
    """
    labels: dict[str, set[str]] = defaultdict(set)
    for number, line in enumerate(read_lines(Path(path), "lexicon"), start=1):
        word, _, label = line.partition("\t")
        if not word or not label or any(character.isspace() for character in word + label):
            raise InputError(f"{path}, line {number}: a word, a tabulator and a label should stand here, not {line!r}.")
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
