"""Labels of the words of a dump, from a file, a labeler or a tagger."""

from __future__ import annotations

import os

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.alignment import align, without_eos
from fairseq_neurons.labels.label_files import read_labels
from fairseq_neurons.labels.labelers import LABELERS
from fairseq_neurons.labels.sentence_labels import Labels, Sentences
from fairseq_neurons.labels.taggers import is_tagger, tag


def labels_of(
    sentences: Sentences, spec: str, column: str | None = None, language: str = "en", eos: bool = False
) -> list[str | None]:
    """Read or compute the label of every row of a dump.

    Args:
        sentences: words of the dump (``Activations.sentences``).
        spec: a tagger (``spacy:…``, ``hanta:…``), the name of a labeler, or a file. A file with the name of a labeler
            is written as a path, such as ``./length``.
        column: CoNLL-U column, see `read_column`.
        language: language of the words, for labelers.
        eos: whether the dump has a row for the ``</s>`` of every sentence (``manifest.eos``).

    Returns:
        (words,) labels in the order of the rows; None for unlabelled words.

    Raises:
        InputError: if there is no such file, labeler or tagger, or if its labels do not match the words.
    """
    if column is not None and (is_tagger(spec) or spec in LABELERS):
        raise InputError(f"A column ({column!r}) can only be selected from a CoNLL-U file, not from {spec!r}.")
    if is_tagger(spec):
        labels = Labels(tag(without_eos(sentences, eos), spec), spec)
    elif spec in LABELERS:
        labels = Labels(LABELERS[spec](without_eos(sentences, eos), language), spec)
    elif os.path.lexists(spec):
        labels = read_labels(spec, column)
    else:
        raise InputError(f"{spec!r} is not a file, a labeler ({', '.join(LABELERS)}) or a tagger (spacy:…, hanta:…).")
    return align(sentences, labels, eos)
