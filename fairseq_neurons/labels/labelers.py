"""Labels that need nothing but the words.

Every labeler takes sentences, as lists of words, and a language (``en``, ``fr``, ``de``), which most do not need.
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
    """``begin``, ``middle`` or ``end``: the third of its sentence in which the middle of the word lies.

    A single word is ``middle``, two are ``begin`` and ``end``.
    """
    names = ("begin", "middle", "end")
    return [[names[3 * (2 * i + 1) // (2 * len(words))] for i in range(len(words))] for words in sentences]


def length(sentences: Sentences, language: str = "en") -> LabelLists:
    """How many words the sentence has: ``1-10``, ``11-20``, ``21-40`` or ``41+``."""
    return [[_bucket(len(words))] * len(words) for words in sentences]


def identity(sentences: Sentences, language: str = "en") -> LabelLists:
    """The word itself, for a control that can only be passed by knowing words; take the ``most_frequent`` ones."""
    return [list(words) for words in sentences]


def months(sentences: Sentences, language: str = "en") -> LabelLists:
    """``month`` on full names of months, ``other`` on the other words; abbreviations are not looked for.

    Case does not matter, but for names that are also something else. English ``May``, ``March`` and ``August`` must be
    written so, and French ``mars`` so; at the start of a sentence, where any word is capitalised, ``May``, ``March``,
    ``August`` and ``Mars`` count if a number follows: ``March 5``, but not ``March on``.

    Raises:
        InputError: if the language is none of the three.
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
    """``number`` on cardinal numbers, in digits or in words, ``other`` on the other words.

    Digits may have a sign, a currency, ``%`` and ``.,:/-'`` between them; numerals may be compound (``twenty-one``,
    ``quatre-vingt-dix``, ``zweihundertelf``). English ``one`` always counts; French ``un``, ``une`` and German
    ``ein`` are articles unless within a compound. Ordinals (``3rd``, ``third``) do not count.

    Raises:
        InputError: if the language is none of the three.
    """
    return _matching(sentences, _of_language(NUMBERS, language, "numbers"), "number")


def negation(sentences: Sentences, language: str = "en") -> LabelLists:
    """``negation`` on negative words, ``other`` on the other words.

    Contractions count whole or split (``don't``, ``n't``, ``'t``), German ``kein`` with all endings. French ``plus``,
    ``point`` and ``personne`` do not count: they are mostly not negative.

    Raises:
        InputError: if the language is none of the three.
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


def _bucket(words: int) -> str:
    starts, ends = (1, *(end + 1 for end in LENGTHS)), LENGTHS
    for start, end in zip(starts, ends, strict=False):
        if words <= end:
            return f"{start}-{end}"
    return f"{starts[-1]}+"


def _matching(sentences: Sentences, pattern: re.Pattern[str], label: str) -> LabelLists:
    def of(word: str) -> str:
        return label if pattern.fullmatch(word.lower().replace("’", "'")) else OTHER

    known = {word: of(word) for words in sentences for word in words}
    return [[known[word] for word in words] for words in sentences]


def _of_language(tables: dict[str, T], language: str, labeler: str) -> T:
    if language not in tables:
        raise InputError(f"The labeler {labeler!r} knows the languages {', '.join(LANGUAGES)}, not {language!r}.")
    return tables[language]
