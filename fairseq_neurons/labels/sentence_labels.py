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
    """

    values: LabelLists
    source: str
    lines: Sequence[int] | None = None
    forms: Sentences | None = None

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.values)

    def location(self, sentence: int) -> str:
        """Where the source has a sentence, for error messages; sentences and lines are numbered from 1."""
        if self.lines is None:
            return f"{self.source}, line {sentence + 1}"
        return f"{self.source}, sentence {sentence + 1} (line {self.lines[sentence]})"
