"""The words of the demo grammar, each with its inflection in English and in French.

A *kind* (``person``, ``food``, ...) is the semantic class of a noun; verbs and adjectives list the kinds they go
with. A *person* is a column of every conjugation: ``I``, ``HE`` (she, a singular noun), ``WE``, ``YOU``, ``THEY``.
Regular inflection is by rule; the tables spell out only what the rules would get wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

I, HE, WE, YOU, THEY = range(5)


class Noun(NamedTuple):
    """A noun; ``english`` and ``french`` are (singular, plural)."""

    english: tuple[str, str]
    french: tuple[str, str]
    feminine: bool
    kind: str


class Modifier(NamedTuple):
    """An adjective or a determiner.

    ``english`` is (singular, plural); ``french`` is masculine, masculine before a vowel (``vieil``), feminine, feminine
    before a vowel (``mon``), masculine plural, feminine plural.
    """

    english: tuple[str, str]
    french: tuple[str, ...]
    before_noun: bool = True
    kinds: tuple[str, ...] = ()

    def agree(self, feminine: bool, plural: bool, following: str = "") -> str:
        """The French form; ``following`` is the word after it, if that is in the same noun phrase."""
        return self.french[4 + feminine if plural else 2 * feminine + starts_with_vowel(following)]


class Verb(NamedTuple):
    """A verb in both languages, its finite forms by tense label, then by person.

    The French past is the imperfect of être and avoir; other verbs have none and form it with the ``participle``.
    ``particle`` is the ``for`` of ``wait for``; ``tail`` the ``visite à`` of ``rendre visite à``.
    """

    base: str
    english: dict[str, tuple[str, ...]]
    participle: str
    french: dict[str, tuple[str, ...]]
    with_etre: bool = False
    particle: str = ""
    tail: str = ""
    subjects: tuple[str, ...] = ("person",)
    objects: tuple[str, ...] = ()
    determiners: str = ""


def starts_with_vowel(french: str) -> bool:
    """Whether the French word makes the one before it elide; every h here is mute but that of ``huit``."""
    return french[:1].lower() in tuple("aeiouhéêœ") and french.split()[0] not in ("huit", "onze")


def french_plural(singular: str) -> str:
    """The plural of a French noun, adjective or participle."""
    if singular.endswith(("s", "x")):
        return singular
    if singular.endswith("al"):
        return singular[:-2] + "aux"
    return singular + ("x" if singular.endswith("eau") else "s")


def surface(french: str) -> Iterator[str]:
    """Elide and contract the words of a sentence: ``à le ami`` -> ``à l' ami``, ``à le roi`` -> ``au roi``."""
    words = french.split()
    contractions = {("à", "le"): "au", ("à", "les"): "aux", ("de", "le"): "du", ("de", "les"): "des"}
    for position, word in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else ""
        if word in ("je", "me", "le", "la", "ne", "de", "que") and starts_with_vowel(following):
            words[position] = word[:-1] + "'"
    ...
