"""Built-in labelers, which assign labels from the words alone.

A labeler takes sentences (lists of words) and a language: ``en``, ``fr`` or ``de``. Most ignore the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.sentence_labels import LabelLists, Sentences
from fairseq_neurons.labels.word_lists import AMBIGUOUS_MONTHS, LANGUAGES, MONTHS, NEGATIONS, NUMBERS

Labeler = Callable[[Sentences, str], LabelLists]
LENGTHS = (10, 20, 40)
OTHER = "other"
T = TypeVar("T")


def position(sentences: Sentences, language: str = "en") -> LabelLists:
    """Position in the sentence: ``begin``, ``middle`` or ``end``, by the third that contains the centre of the word.

    A single word is ``middle``; two words are ``begin`` and ``end``.
    """
    names = ("begin", "middle", "end")
    return [[names[3 * (2 * i + 1) // (2 * len(words))] for i in range(len(words))] for words in sentences]


def length(sentences: Sentences, language: str = "en") -> LabelLists:
    """Length of the sentence in words: ``1-10``, ``11-20``, ``21-40`` or ``41+``."""
    return [[_length_range(len(words))] * len(words) for words in sentences]


def identity(sentences: Sentences, language: str = "en") -> LabelLists:
    """The word itself: how well do neurons identify words? Use with the option ``most_frequent``."""
    return [list(words) for words in sentences]


def months(sentences: Sentences, language: str = "en") -> LabelLists:
    """``month`` for full month names (not abbreviations), ``other`` for all other words.

    Matching ignores case, except for ambiguous names: English ``May``, ``March`` and ``August`` must be capitalised,
    French ``mars`` must not. At the start of a sentence, where every word is capitalised, ``May``, ``March``,
    ``August`` and ``Mars`` are months only if a number follows: ``March 5``, but not ``March on``.

    Raises:
        InputError: if the language is not supported.
    """
    names, spellings = _of_language(MONTHS, language, "months"), AMBIGUOUS_MONTHS[language]

    def is_month(words: Sequence[str], i: int) -> bool:
        name = words[i].lower()
        if name not in names or name not in spellings:
            return name in names
        if i == 0 and words[i] == name.capitalize():
            return len(words) > 1 and words[1][:1].isdecimal()
        return words[i] == spellings[name]

    return [["month" if is_month(words, i) else OTHER for i in range(len(words))] for words in sentences]


def numbers(sentences: Sentences, language: str = "en") -> LabelLists:
    """``number`` for cardinal numbers, in digits or in words, ``other`` for all other words.

    Digits may have a sign, a currency symbol, ``%``, and ``.,:/-'`` between them. Numerals may be compounds
    (``twenty-one``, ``quatre-vingt-dix``, ``zweihundertelf``). English ``one`` is always a number; French ``un``,
    ``une`` and German ``ein`` are articles except in compounds. Ordinals (``3rd``, ``third``) are ``other``.

    Raises:
        InputError: if the language is not supported.
    """
    return _matching(sentences, _of_language(NUMBERS, language, "numbers"), "number")


def negation(sentences: Sentences, language: str = "en") -> LabelLists:
    """``negation`` for negative words, ``other`` for all other words.

    Negative words include contractions, whole or split (``don't``, ``n't``, ``'t``), and German ``kein`` with all
    endings. French ``plus``, ``point`` and ``personne`` are ``other``: most of their uses are not negative.

    Raises:
        InputError: if the language is not supported.
    """
    return _matching(sentences, _of_language(NEGATIONS, language, "negation"), "negation")


LABELERS: dict[str, Labeler] = {
    "position": position,
    "length": length,
    "identity": identity,
    "months": months,
    "numbers": numbers,
    "negation": negation,
}


def _length_range(words: int) -> str:
    starts, ends = (1, *(end + 1 for end in LENGTHS)), LENGTHS
    for start, end in zip(starts, ends, strict=False):
        if words <= end:
            return f"{start}-{end}"
    return f"{starts[-1]}+"


def _matching(sentences: Sentences, pattern: re.Pattern[str], label: str) -> LabelLists:
    def label_of(word: str) -> str:
        return label if pattern.fullmatch(word.lower().replace("’", "'")) else OTHER

    by_word = {word: label_of(word) for words in sentences for word in words}
    return [[by_word[word] for word in words] for words in sentences]


def _of_language(tables: dict[str, T], language: str, labeler: str) -> T:
    if language not in tables:
        raise InputError(f"The labeler {labeler!r} supports the languages {', '.join(LANGUAGES)}, not {language!r}.")
    return tables[language]
