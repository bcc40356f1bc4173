"""Read labels from a file."""

from __future__ import annotations

from pathlib import Path

from fairseq_neurons.labels.conllu_columns import read_column
from fairseq_neurons.labels.sentence_labels import LabelLists, Labels
from fairseq_neurons.storage.files import stream_lines

CONLLU_SUFFIXES = (".conllu", ".conll")


def read_labels(path: str | Path, column: str | None = None) -> Labels:
    """One label for each word, from a file of either kind.

    A sentence a line, its labels separated by blanks; or CoNLL-U, if the name ends in ``.conllu`` or ``.conll`` or a
    column is named.

    Args:
        path: the file.
        column: of CoNLL-U, see `read_column`; UPOS if none is named.

    Raises:
        InputError: if the file cannot be read, is not the CoNLL-U it should be, or has no such column.
    """
    if column is not None or Path(path).suffix.lower() in CONLLU_SUFFIXES:
        return read_column(path, column or "UPOS")
    values: LabelLists = []
    for line in stream_lines(Path(path), "label file"):
        values.append([*(line if values else line.removeprefix("\ufeff")).split()])
    return Labels(values, str(path))
