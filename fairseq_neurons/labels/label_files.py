"""Read labels from a file."""

from __future__ import annotations

from pathlib import Path

from fairseq_neurons.labels.conllu_columns import read_column
from fairseq_neurons.labels.sentence_labels import LabelLists, Labels
from fairseq_neurons.storage.files import stream_lines

CONLLU_SUFFIXES = (".conllu", ".conll")


def read_labels(path: str | Path, column: str | None = None) -> Labels:
    """Read one label per word from a text file or a CoNLL-U file.

    A text file has one sentence per line, with labels separated by white space. A file is read as CoNLL-U if its name
    ends in ``.conllu`` or ``.conll``, or if a column is given.

    Args:
        path: label file.
        column: CoNLL-U column, see `read_column`; UPOS by default.

    Raises:
        InputError: if the file cannot be read, is not valid CoNLL-U, or has no such column.
    """
    if column is not None or Path(path).suffix.lower() in CONLLU_SUFFIXES:
        return read_column(path, column or "UPOS")
    values: LabelLists = [[*line.split()] for line in stream_lines(Path(path), "label file")]
    return Labels(values, str(path))
