"""Read CoNLL-U files (https://universaldependencies.org/format.html) one sentence at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import conllu
from conllu.exceptions import ParseException

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.contractions import Contraction, SurfaceToken, surface_tokens
from fairseq_neurons.storage.files import stream_lines

WIDTH, FORM, HEAD = 10, 1, 6
QUOTED = 40
_ID = re.compile(r"([0-9]{1,9})(-[0-9]{1,9}|\.[0-9]{1,9})?\Z")
_HEAD = re.compile(r"_|[0-9]{1,9}")
_BLANKS = re.compile(r"\s+")
# DEPS and MISC are not offered as labels, and parsing them is slow.
_PARSERS = {"deps": lambda line, i: line[i], "misc": lambda line, i: line[i]}


@dataclass(frozen=True)
class ConlluSentence:
    """The words of a sentence, without empty nodes (``1.1``).

    Args:
        line: line number of the first word, starting from 1.
        words: for each word, lower-case column name -> value, as parsed by the ``conllu`` library.
        contractions: in the order of their words.
    """

    line: int
    words: list[dict[str, Any]]
    contractions: tuple[Contraction, ...] = ()

    @property
    def surface(self) -> list[SurfaceToken]:
        """The sentence as it is written: a contraction instead of its words."""
        found = surface_tokens(self.words, self.contractions)
        return [token._replace(form=without_blanks(token.form)) for token in found]

    @property
    def forms(self) -> list[str]:
        """The word forms, with white space replaced by ``_``."""
        return [without_blanks(word["form"]) for word in self.words]


def conllu_sentences(path: str | Path, surface: bool = False) -> list[list[str]]:
    """Read the words (FORM) of every sentence, ready to be translated: white space inside words is replaced by ``_``.

    Args:
        path: the file.
        surface: read contractions (``im``) as they are written, instead of their words (``in``, ``dem``).

    Raises:
        InputError: if the file cannot be read or is not valid CoNLL-U; the message names the line.
    """
    if surface:
        return [[token.form for token in sentence.surface] for sentence in stream_conllu(path)]
    return [sentence.forms for sentence in stream_conllu(path)]


def count_contractions(path: str | Path) -> int:
    """The number of contractions in a file."""
    return sum(len(sentence.contractions) for sentence in stream_conllu(path))


def without_blanks(text: str) -> str:
    """Replace every run of white space by ``_``, including the Unicode spaces at which fairseq splits words."""
    return _BLANKS.sub("_", text)


def stream_conllu(path: str | Path) -> Iterator[ConlluSentence]:
    """Yield the sentences one by one, without loading the whole file into memory.

    Raises:
        InputError: if the file cannot be read or is not valid CoNLL-U; the message names the line.
    """
    lines = _CheckedLines(Path(path))
    for text in conllu.parse_sentences(lines):
        try:
            tokens = conllu.parse_token_and_metadata(text, field_parsers=_PARSERS)
        except ParseException as error:
            raise InputError(f"{path}, sentence at line {lines.start}, is not valid CoNLL-U: {error}") from error
        words = [token for token in tokens if isinstance(token["id"], int)]
        if words:
            ranges = [token for token in tokens if isinstance(token["id"], tuple) and token["id"][1] == "-"]
            contractions = tuple(Contraction(range["id"][0], range["id"][2], range["form"]) for range in ranges)
            yield ConlluSentence(lines.start, words, contractions)


class _CheckedLines:
    """The lines of a file, checked for errors that the library ignores or reports without a line number.

    Attributes:
        start: line number of the first word of the current sentence.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.start = path, 1

    def __iter__(self) -> Iterator[str]:
        words = 0
        for number, line in enumerate(stream_lines(self.path, "CoNLL-U file"), start=1):
            if not line.strip():
                words = 0
            elif not line.startswith("#"):
                words = self._checked(line, number, words)
            # The library treats two spaces inside a word as the end of a column.
            yield re.sub(" {2,}", " ", line) + "\n"

    def _checked(self, line: str, number: int, words: int) -> int:
        """Check a line that follows ``words`` words of its sentence; return the number of words including it."""
        columns = line.rstrip("\r").split("\t")
        match = _ID.match(columns[0])
        if error := _line_error(columns, match is not None):
            raise InputError(f"{self.path}, line {number}: {error}.")
        if match is None or match[2]:
            return words
        if int(match[1]) != words + 1:
            raise InputError(f"{self.path}, line {number}: expected word {words + 1}, found word {match[1]}.")
        if not words:
            self.start = number
        return words + 1


def _line_error(columns: list[str], numbered: bool) -> str:
    """What makes a line invalid by itself; empty for a valid line."""
    if len(columns) != WIDTH:
        found = "1 column" if len(columns) == 1 else f"{len(columns)} tab-separated columns"
        return f"found {found}, but CoNLL-U has {WIDTH}"
    if not numbered:
        return f"a line of CoNLL-U starts with a word number, not with {_cut(columns[0])!r}"
    if not columns[FORM].strip():
        return "FORM is empty"
    if not _HEAD.fullmatch(columns[HEAD]):
        return f"HEAD must be a word number or _, not {_cut(columns[HEAD])!r}"
    return ""


def _cut(text: str) -> str:
    """What a message quotes of a column, which may be as long as the file."""
    return text if len(text) <= QUOTED else text[:QUOTED] + "…"
