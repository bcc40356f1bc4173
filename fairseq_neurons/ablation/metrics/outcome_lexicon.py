"""The lexicon that labels translations, by the words of the target language that they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_lines

Lexicon = Mapping[str, str]


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
