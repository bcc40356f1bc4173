"""The options of controlling."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fairseq_neurons.ablation.metrics.translation_options import TranslationOptions
from fairseq_neurons.errors import InputError

NEEDED = ("labels", "at", "to", "outcome")


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

    def check_controlling(self, means: str | None) -> None:
        """Refuse invalid options.

        Args:
            means: the dump whose means are the mask values, if it was given.

        Raises:
            InputError: naming the option.
        """
        self.check_search()
        for name in NEEDED:
            if not getattr(self, name):
                raise InputError(f"metric=control needs {', '.join(NEEDED)}; {name}= is missing.")
        if self.at == self.to:
            raise InputError(f"at={self.at}, to={self.to}: give two different labels.")
        if self.means_labels is not None and means is None:
            raise InputError("means_labels= gives the labels of a dump; name it with means=DUMP.")
        if not math.isfinite(self.strength) or (self.strength != 1 and self.means_labels is None):
            given = f"strength={self.strength}"
            raise InputError(f"{given}: give a finite number, with means_labels= for the means that it is between.")
