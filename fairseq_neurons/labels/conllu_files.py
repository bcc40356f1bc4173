"""CoNLL-U files (https://universaldependencies.org/format.html), read one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import conllu
from conllu.exceptions import ParseException

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import stream_lines

WIDTH, FORM, HEAD = 10, 1, 6
_ID = re.compile(r"(\d+)(-\d+|\.\d+)?\Z")
_BLANKS = re.compile(r"\s+")
# Nobody asks for these two, and they are slow to parse.
_PARSERS = {"deps": lambda line, i: line[i], "misc": lambda line, i: line[i]}


@dataclass(frozen=True)
class ConlluSentence:
    """The words of a sentence: neither multiword ranges (``1-2``) nor empty nodes (``1.1``).

    Args:
        line: of its first word, counted from one.
        words: column in lower case -> value, as the ``conllu`` library gives them.
    """

    line: int
    words: list[dict[str, Any]]

    @property
    def forms(self) -> list[str]:
        """The words as they are written, blanks inside them replaced by ``_``."""
        return [without_blanks(word["form"]) for word in self.words]


def conllu_sentences(path: str | Path) -> list[list[str]]:
    """The words (FORM) of every sentence, blanks inside a word replaced by ``_``: fit for a text to be translated.

    Raises:
        InputError: if the file cannot be read or is no CoNLL-U, with the line.
    """
    return [sentence.forms for sentence in stream_conllu(path)]


def without_blanks(text: str) -> str:
    """The text with ``_`` for every run of blanks, the special ones at which fairseq cuts words included."""
    return _BLANKS.sub("_", text)


def stream_conllu(path: str | Path) -> Iterator[ConlluSentence]:
    """The sentences one by one; the file is never in memory as a whole.

    Raises:
        InputError: if the file cannot be read or is no CoNLL-U, with the line.
    """
    lines = _CheckedLines(Path(path))
    for text in conllu.parse_sentences(lines):
        try:
            tokens = conllu.parse_token_and_metadata(text, field_parsers=_PARSERS)
        except ParseException as error:
            raise InputError(f"{path}, sentence at line {lines.start}, is no CoNLL-U: {error}") from error
        words = [token for token in tokens if isinstance(token["id"], int)]
        if words:
            yield ConlluSentence(lines.start, words)


class _CheckedLines:
    """The lines of a file, each checked for what the library lets pass or reports without its place.

    Attributes:
        start: line of the first word of the sentence that was begun last.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.start = path, 1

    def __iter__(self) -> Iterator[str]:
        words = 0
        for number, line in enumerate(stream_lines(self.path, "CoNLL-U file"), start=1):
            line = line.removeprefix("\ufeff") if number == 1 else line
            if not line.strip():
                words = 0
            elif not line.startswith("#"):
                words = self._count(line, number, words)
            # The library would take two blanks inside a word for the end of a column.
            yield re.sub(" {2,}", " ", line) + "\n"

    def _count(self, line: str, number: int, words: int) -> int:
        """The number of words after this line, if it were ``words`` before."""
        columns = line.rstrip("\r").split("\t")
        match = _ID.match(columns[0])
        if fault := _fault(columns, match is not None):
            raise InputError(f"{self.path}, line {number}: {fault}.")
        if match is None or match[2]:
            return words
        if int(match[1]) != words + 1:
            raise InputError(f"{self.path}, line {number}: word {match[1]} stands where word {words + 1} is expected.")
        if not words:
            self.start = number
        return words + 1


def _fault(columns: list[str], numbered: bool) -> str:
    """What is wrong with a line by itself; empty if nothing is."""
    if len(columns) != WIDTH:
        has = "1 column" if len(columns) == 1 else f"{len(columns)} columns separated by tabs"
        return f"{has}, CoNLL-U has {WIDTH}"
    if not numbered:
        return f"a line of CoNLL-U begins with the number of its word, not {columns[0]!r}"
    if not columns[FORM].strip():
        return "the FORM is empty"
    if columns[HEAD] != "_" and not columns[HEAD].isdecimal():
        return f"the HEAD is {columns[HEAD]!r}, neither the number of a word nor _"
    return ""
