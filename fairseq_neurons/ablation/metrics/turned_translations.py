"""Count the translations whose label turns, and test two counts."""

from __future__ import annotations

import logging
from typing import NamedTuple

import numpy as np

from fairseq_neurons.ablation.metric_results import Scalar, Significance
from fairseq_neurons.ablation.metrics.outcome_lexicon import Lexicon
from fairseq_neurons.errors import InputError

logger = logging.getLogger(__name__)

CONFIDENCE = 0.95


class LabelsOfOutputs(NamedTuple):
    """Which labels the outputs of the masked sentences have, bool (sentences,) each."""

    at: np.ndarray
    to: np.ndarray


class TurnedTranslations:
    """Of the sentences that have a chosen word, those that can turn, and those that have.

    An output has the labels of its words in a lexicon. A sentence can turn if its unablated output has ``at`` and not
    ``to``; it has turned when it is the other way round.

    Args:
        lexicon: word -> label, of words that have a single one.
        chosen: int64 (sentences,), how many words of each sentence are chosen.
        at: the label that the chosen words have.
        to: the label that the outputs should have instead.

    Attributes:
        unablated: the outputs of the unablated model, once `relate_to` has taken them.

    Raises:
        InputError: if the lexicon lacks one of the labels.
    """

    def __init__(self, lexicon: Lexicon, chosen: np.ndarray, at: str, to: str) -> None:
        self.lexicon, self.chosen, self.at, self.to = lexicon, chosen, at, to
        known = sorted(set(lexicon.values()))
        for name, label in (("at", at), ("to", to)):
            if label not in known:
                has = f"no word of outcome= has this label alone; the labels are {', '.join(known)}"
                raise InputError(f"{name}={label}: {has}.")
        self.unablated: list[str] = []

    def relate_to(self, unablated: list[str]) -> None:
        """Take the outputs of the unablated model; warns if no sentence can turn."""
        self.unablated = unablated
        if not self._can_turn.any():
            logger.warning("none can turn: no unablated translation has %s and not %s by outcome=", self.at, self.to)

    def share(self, output: list[str]) -> float:
        """Percentage of the sentences that have turned among those that can; 0 if none can."""
        turned = self._turned(output)
        return _percent(int(turned.sum()), turned)

    def counts(self, output: list[str]) -> dict[str, Scalar]:
        """What has changed.

        ``words`` are the chosen ones, ``sentences`` those that have one; of these, ``changed`` have another output than
        unablated, ``lost`` no longer have ``at``, ``gained`` now have ``to``, ``could_turn`` and ``turned``.
        """
        before, now, turned = self._labels_of(self.unablated), self._labels_of(output), self._turned(output)
        return {
            "turned": int(turned.sum()),
            "could_turn": len(turned),
            "changed": sum(self.unablated[i] != output[i] for i in self._sentences),
            "lost": int((before.at & ~now.at).sum()),
            "gained": int((~before.to & now.to).sum()),
            "sentences": len(self._sentences),
            "words": int(self.chosen.sum()),
        }

    def compare(self, baseline: list[str], other: list[str]) -> Significance:
        """McNemar's exact test on the sentences that can turn, and Wilson's interval of their share.

        ``only_this`` have turned in the other and not in the baseline, ``only_other`` the other way round.
        """
        from scipy.stats import binomtest

        a, b = self._turned(baseline), self._turned(other)
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
        before = self._labels_of(self.unablated)
        return before.at & ~before.to

    def _turned(self, output: list[str]) -> np.ndarray:
        """Bool (sentences that can turn,)."""
        now = self._labels_of(output)
        return (now.to & ~now.at)[self._can_turn]

    def _labels_of(self, output: list[str]) -> LabelsOfOutputs:
        labels = [{self.lexicon.get(word) for word in output[i].split()} for i in self._sentences]
        return LabelsOfOutputs(
            *(np.array([label in found for found in labels], dtype=bool) for label in (self.at, self.to))
        )


def _percent(count: int, among: np.ndarray) -> float:
    return 100 * count / len(among) if len(among) else 0.0
