"""Labels of a dump's words, wherever they come from."""

from __future__ import annotations

from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.alignment import align, without_eos
from fairseq_neurons.labels.label_files import read_labels
from fairseq_neurons.labels.labelers import LABELERS
from fairseq_neurons.labels.sentence_labels import Labels, Sentences
from fairseq_neurons.labels.taggers import is_tagger, tag


def labels_of(
    sentences: Sentences, spec: str, column: str | None = None, language: str = "en", eos: bool = False
) -> list[str | None]:
    """The label of every row of a dump.

    Args:
        sentences: the words of the dump (``Activations.sentences``).
        spec: a tagger (``spacy:…``, ``hanta:…``), the name of a labeler, or a file; a file that is called like a
            labeler is given as ``./length``.
        column: of a CoNLL-U file, see `read_column`.
        language: of the words, for labelers.
        eos: whether the dump has a row for every sentence's ``</s>`` (``manifest.eos``).

    Returns:
        (words,) in the order of the rows; None where a word has no label.

    Raises:
        InputError: if there is no such file, labeler or tagger, or if its labels do not fit the words.
    """
    if column is not None and (is_tagger(spec) or spec in LABELERS):
        raise InputError(f"A column, here {column!r}, is chosen from a CoNLL-U file; {spec!r} is none.")
    if is_tagger(spec):
        labels = Labels(tag(without_eos(sentences, eos), spec), spec)
    elif spec in LABELERS:
        labels = Labels(LABELERS[spec](without_eos(sentences, eos), language), spec)
    elif Path(spec).exists():
        labels = read_labels(spec, column)
    else:
        raise InputError(f"{spec!r} is neither a file nor a labeler ({', '.join(LABELERS)}) nor spacy:… or hanta:….")
    return align(sentences, labels, eos)
