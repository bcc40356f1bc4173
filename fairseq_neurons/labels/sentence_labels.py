"""Word labels of sentences, with their source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Sentences = Sequence[Sequence[str]]
LabelLists = list[list[str | None]]


@dataclass(frozen=True)
class Labels:
    """One label per word; None for unlabelled words.

    Args:
        values: for each sentence, the labels of its words.
        source: file, labeler or tagger, for error messages.
        lines: for CoNLL-U, the line number of the first word of each sentence; None if sentence s is on line s + 1.
        forms: for CoNLL-U, the words of each sentence.
        surface: for CoNLL-U with contractions, the labels of words as they are written; see `fitting`.
    """

    values: LabelLists
    source: str
    lines: Sequence[int] | None = None
    forms: Sentences | None = None
    surface: Labels | None = None

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.values)

    def fitting(self, counts: Sequence[int]) -> Labels:
        """The labels that fit a text: these, or those of its words as they are written.

        Args:
            counts: (sentences,) words of each sentence; 0 for a sentence that was skipped.

        Returns:
            ``surface`` if it has a label for each word and these have not; else these.
        """
        if self.surface is None or self._fits(counts) or not self.surface._fits(counts):
            return self
        return self.surface

    def _fits(self, counts: Sequence[int]) -> bool:
        pairs = zip(counts, self.values, strict=False)
        return len(counts) == len(self) and all(count in (0, len(values)) for count, values in pairs)

    def location(self, sentence: int) -> str:
        """Where the source has a sentence, for error messages; sentences and lines are numbered from 1."""
        if self.lines is None:
            return f"{self.source}, line {sentence + 1}"
        return f"{self.source}, sentence {sentence + 1} (line {self.lines[sentence]})"
