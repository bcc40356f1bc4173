"""Labels of sentences, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Sentences = Sequence[Sequence[str]]
LabelLists = list[list[str | None]]


@dataclass(frozen=True)
class Labels:
    """One label a word, sentence by sentence; None where a word has none.

    Args:
        values: sentence -> word -> label.
        source: the file, or whatever else gave them, for the sentences of errors.
        lines: of a CoNLL-U file, the line of each sentence's first word; None if sentence s is line s + 1.
        forms: of a CoNLL-U file, the words of each sentence.
    """

    values: LabelLists
    source: str
    lines: Sequence[int] | None = None
    forms: Sentences | None = None

    def __len__(self) -> int:
        """Number of sentences."""
        return len(self.values)

    def place(self, sentence: int) -> str:
        """Where a sentence is found in the source, both counted from one there."""
        if self.lines is None:
            return f"{self.source}, line {sentence + 1}"
        return f"{self.source}, sentence {sentence + 1} (line {self.lines[sentence]})"
