"""Choose words of a data set, by label or by spelling, at which neurons are masked."""

import re
from fnmatch import fnmatchcase
from typing import List, Optional, Sequence, Set

import numpy as np

from fairseq_neurons.activations.subwords import word_of_piece
from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import Labels
from fairseq_neurons.masks import ChosenWords
from fairseq_neurons.plugin.dataset_sentences import Sentences

Values = Sequence[Sequence[Optional[str]]]
# Of a list of patterns: an escaped comma or backslash, or any other character but a comma.
_CHARACTERS = re.compile(r"(?:\\[,\\]|[^,])+")
_ESCAPED = re.compile(r"\\([,\\])")


def chosen_words(sentences: Sentences, patterns: str, labels: Optional[Labels] = None) -> ChosenWords:
    """Choose the words that match a comma-separated list of labels, spellings and shell patterns.

    All pieces of a word are chosen with it. The end-of-sentence symbol never is: it has neither label nor spelling.

    Args:
        sentences: of the data set.
        patterns: for instance ``past,pres*``; ``\\,`` is a comma and ``\\\\`` a backslash.
        labels: one for each word; without them the patterns are compared with the words as a dump spells them.

    Raises:
        InputError: if a pattern matches nothing, or the labels are not those of the sentences.
    """
    words: Values = [sentences.words(i, "last", eos=False) for i in range(sentences.count)]
    if labels is not None:
        labels = fitted_labels(sentences, labels)
    values = words if labels is None else labels.values
    chosen = _matching(patterns, _present(values), labels)
    return _choice(sentences, values, chosen, patterns)


def words_labelled(sentences: Sentences, label: str, labels: Labels) -> ChosenWords:
    """Choose the words that have exactly one label, with all their pieces.

    Args:
        sentences: of the data set.
        label: not a pattern, so that labels such as ``,`` and ``*`` are what they are.
        labels: one for each word.

    Raises:
        InputError: if no word has the label, or the labels are not those of the sentences.
    """
    labels = fitted_labels(sentences, labels)
    if label not in (known := _present(labels.values)):
        raise InputError(f"No label of {labels.source} matches {label!r}; it has {_some(known)}.")
    return _choice(sentences, labels.values, {label}, label)


def fitted_labels(sentences: Sentences, labels: Labels) -> Labels:
    """One label for each word, see `Labels.fitting`.

    Raises:
        InputError: if the labels are not those of the sentences.
    """
    words: Values = [sentences.words(i, "last", eos=False) for i in range(sentences.count)]
    labels = labels.fitting([len(line) for line in words])
    _check_counts(sentences, words, labels)
    return labels


def _present(values: Values) -> Set[str]:
    return {value for line in values for value in line if value is not None}


def _choice(sentences: Sentences, values: Values, chosen: Set[str], chosen_by: str) -> ChosenWords:
    return ChosenWords.of((_positions(sentences, i, line, chosen) for i, line in enumerate(values)), chosen_by)


def _positions(sentences: Sentences, index: int, values: Sequence[Optional[str]], chosen: Set[str]) -> np.ndarray:
    words = np.array([value in chosen for value in values], dtype=bool)  # (words,)
    pieces = words[word_of_piece(sentences.pieces(index), sentences.subwords)]  # (pieces,)
    before = sentences.specials if sentences.eos_first else 0
    return np.pad(pieces, (before, sentences.specials - before))  # (positions,)


def _matching(patterns: str, known: Set[str], labels: Optional[Labels]) -> Set[str]:
    chosen: Set[str] = set()
    for pattern in _split(patterns):
        matched = {value for value in known if fnmatchcase(value, pattern)}
        if not matched and labels is None:
            raise InputError(f"No word of the data is spelled {pattern!r} (--mask-words).")
        if not matched and labels is not None:
            raise InputError(f"No label of {labels.source} matches {pattern!r}; it has {_some(known)}.")
        chosen |= matched
    if not chosen:
        raise InputError(f"{patterns!r} names no word (--mask-words).")
    return chosen


def _split(patterns: str) -> List[str]:
    """The patterns of a comma-separated list, without the backslashes that escape commas.

    >>> _split(r"a, b\\,c, \\,")
    ['a', 'b,c', ',']
    """
    parts = (part.strip() for part in _CHARACTERS.findall(patterns))
    return [_ESCAPED.sub(r"\1", part) for part in parts if part]


def _check_counts(sentences: Sentences, words: Values, labels: Labels) -> None:
    if len(labels) != len(words):
        raise InputError(f"{labels.source} has labels of {len(labels)} sentences, the data has {len(words)}.")
    for i, (line, values) in enumerate(zip(words, labels.values)):
        if len(line) != len(values):
            hint = _hint(sentences, i)
            raise InputError(f"{labels.location(i)}: {len(values)} labels, the sentence has {len(line)} words{hint}.")


def _hint(sentences: Sentences, index: int) -> str:
    hidden = sentences.subwords != "words" and sentences.dictionary.unk_word in sentences.pieces(index)
    return "; it has unknown subwords, which may begin words that only --dump-text knows" if hidden else ""


def _some(labels: Set[str], most: int = 20) -> str:
    names: List[str] = sorted(labels)
    return (", ".join(names[:most]) or "none") + (f" and {len(names) - most} more" if len(names) > most else "")
