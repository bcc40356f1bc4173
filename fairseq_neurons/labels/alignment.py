"""Labels meet the words of a dump."""

from __future__ import annotations

from collections.abc import Sequence

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.sentence_labels import Labels, Sentences

EOS = "</s>"


def align(sentences: Sentences, labels: Labels, eos: bool = False) -> list[str | None]:
    """The label of every row of a dump.

    A sentence without words was skipped in the dump: its labels are dropped.

    Args:
        sentences: the words of the dump, in the order of the data set (``Activations.sentences``).
        labels: of the same sentences, those that were skipped included.
        eos: whether the dump has a row for every sentence's ``</s>`` (``manifest.eos``); it has no label.

    Returns:
        (words,) the labels in the order of the rows; None where a word has none.

    Raises:
        InputError: if there are not as many sentences, or in a sentence not as many labels as words.
    """
    if len(labels) != len(sentences):
        unit = "lines" if labels.lines is None else "sentences"
        raise InputError(
            f"{labels.source} has {len(labels)} {unit} of labels, the dump {len(sentences)} sentences; "
            "give the labels of the text that was dumped."
        )
    first = eos and eos_is_first(sentences)
    rows: list[str | None] = []
    for index, (words, values) in enumerate(zip(without_eos(sentences, eos), labels.values, strict=True)):
        if not sentences[index]:
            continue
        if len(words) != len(values):
            raise InputError(_mismatch(labels, index, words))
        rows += [None, *values] if first else [*values, None] if eos else values
    return rows


def without_eos(sentences: Sentences, eos: bool = True) -> list[list[str]]:
    """The sentences without their ``</s>``, if they have one.

    Raises:
        InputError: if they should have one, all at the same end, and have not.
    """
    if not eos:
        return [list(words) for words in sentences]
    inner = slice(1, None) if eos_is_first(sentences) else slice(0, -1)
    return [list(words[inner]) for words in sentences]


def eos_is_first(sentences: Sentences) -> bool:
    """Whether ``</s>`` comes before the words, as a language model reads it, or after them.

    Raises:
        InputError: if it is neither the first nor the last word of every sentence.
    """
    spoken = [words for words in sentences if words]
    if all(words[-1] == EOS for words in spoken):
        return False
    if all(words[0] == EOS for words in spoken):
        return True
    raise InputError(f"The dump should have {EOS} as the first or as the last word of every sentence, and has not.")


def _mismatch(labels: Labels, index: int, words: list[str]) -> str:
    start = f"{labels.place(index)}: {_count(len(labels.values[index]), 'label')}"
    if labels.forms is None:
        return f"{start}, the dump has {_count(len(words), 'word')}."
    return f"{start}, the dump has {_count(len(words), 'word')}; {_parting(labels.forms[index], words)}."


def _parting(forms: Sequence[str], words: Sequence[str]) -> str:
    """Where the words of the file and those of the dump part; one of the two sentences may end there."""
    shared = min(len(forms), len(words))
    at = next((i for i in range(shared) if forms[i] != words[i]), shared)
    file, dump = (repr(side[at]) if at < len(side) else "nothing" for side in (forms, words))
    return f"word {at + 1} is {file} in the file, {dump} in the dump"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
