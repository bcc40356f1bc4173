"""Align labels with the rows of a dump."""

from __future__ import annotations

from collections.abc import Sequence

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.sentence_labels import Labels, Sentences

EOS = "</s>"


def align(sentences: Sentences, labels: Labels, eos: bool = False) -> list[str | None]:
    """Assign a label to every row of a dump.

    A sentence without words was skipped when the dump was written; its labels are dropped.

    Args:
        sentences: words of the dump, in the order of the data set (``Activations.sentences``).
        labels: labels of the same sentences, including the skipped ones.
        eos: whether the dump has a row for the ``</s>`` of every sentence (``manifest.eos``). ``</s>`` has no label.

    Returns:
        (words,) labels in the order of the rows; None for unlabelled words.

    Raises:
        InputError: if the number of sentences differs, or the number of words of a sentence.
    """
    if len(labels) != len(sentences):
        unit = "lines" if labels.lines is None else "sentences"
        raise InputError(
            f"{labels.source} has labels for {len(labels)} {unit}, but the dump has {len(sentences)} sentences; "
            "use the labels of the dumped text."
        )
    first = eos and eos_is_first(sentences)
    labels = labels.fitting([len(words) for words in without_eos(sentences, eos)])
    rows: list[str | None] = []
    for index, (words, values) in enumerate(zip(without_eos(sentences, eos), labels.values, strict=True)):
        if not sentences[index]:
            continue
        if len(words) != len(values):
            raise InputError(_mismatch(labels, index, words))
        rows += [None, *values] if first else [*values, None] if eos else values
    return rows


def without_eos(sentences: Sentences, eos: bool = True) -> list[list[str]]:
    """Remove ``</s>`` from every sentence of a dump that was written with it.

    Raises:
        InputError: if ``</s>`` is neither the first nor the last word of every sentence.
    """
    if not eos:
        return [list(words) for words in sentences]
    inner = slice(1, None) if eos_is_first(sentences) else slice(0, -1)
    return [list(words[inner]) for words in sentences]


def eos_is_first(sentences: Sentences) -> bool:
    """Whether ``</s>`` precedes the words of a sentence, as a language model reads it, or follows them.

    Raises:
        InputError: if it is neither the first nor the last word of every sentence.
    """
    nonempty = [words for words in sentences if words]
    if all(words[-1] == EOS for words in nonempty):
        return False
    if all(words[0] == EOS for words in nonempty):
        return True
    raise InputError(f"The dump must have {EOS} either first or last in every sentence, as its manifest says.")


def _mismatch(labels: Labels, index: int, words: list[str]) -> str:
    found = _count(len(labels.values[index]), "label")
    message = f"{labels.location(index)}: {found}, but the dump has {_count(len(words), 'word')}"
    if labels.forms is not None:
        message += f"; {_first_difference(labels.forms[index], words)}"
    return message + "."


def _first_difference(forms: Sequence[str], words: Sequence[str]) -> str:
    """Describe the first word at which file and dump differ; the shorter sentence has no word there."""
    shared = min(len(forms), len(words))
    at = next((i for i in range(shared) if forms[i] != words[i]), shared)
    file, dump = (repr(side[at]) if at < len(side) else "missing" for side in (forms, words))
    return f"word {at + 1} is {file} in the file and {dump} in the dump"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
