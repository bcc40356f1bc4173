"""Labels from the columns of CoNLL-U files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.conllu_files import stream_conllu, without_blanks
from fairseq_neurons.labels.sentence_labels import LabelLists, Labels

COLUMNS = ("UPOS", "XPOS", "LEMMA", "DEPREL", "FORM", "FEATS")


def read_column(path: str | Path, column: str = "UPOS") -> Labels:
    """One column of a CoNLL-U file, or one key of its FEATS.

    ``_`` is no label, except where the word itself is ``_``; nor has a word a label whose FEATS lack the key.

    Args:
        path: the file.
        column: one of `COLUMNS` in any case; ``FEATS`` stands for the whole string. Else a key of FEATS as it is
            spelled there: ``Number`` or ``FEATS.Number``.

    Returns:
        The labels, blanks in them replaced by ``_``, with the words and lines of the file.

    Raises:
        InputError: if the file cannot be read or is no CoNLL-U, or if no word has such a label.
    """
    values: LabelLists = []
    lines, forms, seen = [], [], _Seen()
    for sentence in stream_conllu(path):
        values.append([_label(word, column) for word in sentence.words])
        lines.append(sentence.line)
        forms.append(sentence.forms)
        seen.add(sentence.words)
    if not any(label for labels in values for label in labels):
        raise InputError(f"{path} has no labels in the column or FEATS key {column!r}; it has {seen}.")
    return Labels(values, str(path), lines, forms)


def _label(word: Mapping[str, Any], column: str) -> str | None:
    label = _value(word, column)
    return without_blanks(label) if label else None


def _value(word: Mapping[str, Any], column: str) -> str | None:
    name, features = column.upper(), word["feats"] or {}
    if name == "FEATS":
        return "|".join(f"{key}={value}" for key, value in features.items())
    if name not in COLUMNS:
        return features.get(column[len("FEATS.") :] if name.startswith("FEATS.") else column)
    value = word[name.lower()]
    is_underscore = name in ("FORM", "LEMMA") and word["form"] == "_"
    return None if value == "_" and not is_underscore else value


class _Seen:
    """The columns that are not empty and the keys of FEATS that occur, for the sentence of an error."""

    def __init__(self) -> None:
        self.columns: set[str] = set()
        self.keys: set[str] = set()

    def add(self, words: list[dict[str, Any]]) -> None:
        for word in words:
            self.keys.update(word["feats"] or ())
        for column in COLUMNS:
            if column not in self.columns and any(_label(word, column) for word in words):
                self.columns.add(column)

    def __str__(self) -> str:
        columns = ", ".join(column for column in COLUMNS if column in self.columns) or "none"
        return f"the columns {columns} and the FEATS keys {', '.join(sorted(self.keys)) or '(none)'}"
