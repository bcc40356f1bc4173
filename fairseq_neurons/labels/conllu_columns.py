"""Labels from the columns of CoNLL-U files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.conllu_files import stream_conllu, without_blanks
from fairseq_neurons.labels.contractions import SurfaceToken
from fairseq_neurons.labels.sentence_labels import LabelLists, Labels

COLUMNS = ("UPOS", "XPOS", "LEMMA", "DEPREL", "FORM", "FEATS")


def read_column(path: str | Path, column: str = "UPOS") -> Labels:
    """Read one column of a CoNLL-U file, or one key of its FEATS, as labels.

    ``_`` means "no label", unless the word itself is ``_``. A word without the FEATS key has no label. Where a text has
    a contraction as it is written, its label is those of its words, joined by ``+`` (``im``: ``ADP+DET``).

    Args:
        path: CoNLL-U file.
        column: one of `COLUMNS`, in upper or lower case (``FEATS`` is the whole string), or a key of FEATS, spelled as
            in the file: ``Number`` or ``FEATS.Number``.

    Returns:
        The labels, with white space replaced by ``_``, and the words and line numbers of the file.

    Raises:
        InputError: if the file cannot be read, is not valid CoNLL-U, or has no label in this column.
    """
    values: LabelLists = []
    surface: LabelLists = []
    lines, forms, written, available = [], [], [], _AvailableColumns()
    for sentence in stream_conllu(path):
        values.append([_label(word, column) for word in sentence.words])
        lines.append(sentence.line)
        forms.append(sentence.forms)
        surface.append([_joined(token, column) for token in sentence.surface])
        written.append([token.form for token in sentence.surface])
        available.add(sentence.words)
    if not any(label for labels in values for label in labels):
        raise InputError(f"{path} has no labels in the column or FEATS key {column!r}; it has {available}.")
    has_contractions = written != forms
    return Labels(
        values,
        str(path),
        lines,
        forms,
        Labels(surface, str(path), lines, written) if has_contractions else None,
    )


def _joined(token: SurfaceToken, column: str) -> str | None:
    """The labels of its words; of the column FORM, its own."""
    if len(token.words) > 1 and column.upper() == "FORM":
        return token.form
    return "+".join(label for word in token.words if (label := _label(word, column))) or None


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


class _AvailableColumns:
    """Collect the non-empty columns and the FEATS keys of a file, for the error message."""

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
