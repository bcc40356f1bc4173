"""Text and labels of its words, before anything is trained on it."""

from __future__ import annotations

from collections.abc import Sequence

from fairseq_neurons.activations.subwords import detect_subwords, join_pieces
from fairseq_neurons.errors import InputError


def words_of(lines: Sequence[str]) -> list[list[str]]:
    """The words of sentences, as a dump of them has them: subwords are joined."""
    pieces = [line.split() for line in lines]
    subwords = detect_subwords(sorted({piece for sentence in pieces for piece in sentence}))
    return [join_pieces(sentence, subwords) for sentence in pieces]


def check_labels(source: str, labels: Sequence[str], lines: Sequence[str]) -> None:
    """Refuse now what probes would refuse after hours of training.

    Args:
        source: of the labels, for messages.
        labels: of each sentence, separated by blanks.
        lines: the sentences.

    Raises:
        InputError: if the number of lines differs, or that of the labels and words of a line.
    """
    if len(labels) != len(lines):
        raise InputError(f"{source} has {len(labels)} lines of labels for {len(lines)} sentences.")
    for number, (line, words) in enumerate(zip(labels, words_of(lines), strict=True), start=1):
        if len(line.split()) != len(words):
            raise InputError(f"{source}, line {number}, has {len(line.split())} labels for {len(words)} words.")
