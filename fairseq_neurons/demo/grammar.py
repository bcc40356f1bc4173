"""A small synchronous grammar of English and French, with gold labels on the English words.

Every English word has one label of each set, ``-`` where the set has nothing to say about it:

``pos``
    DET NOUN PROPN ADJ VERB AUX PRON ADV ADP NUM CCONJ SCONJ PART PUNCT, as in Universal Dependencies: ``not`` and
    ``'s`` are PART; ``be``, ``do`` and ``will`` are AUX; names, towns, months and days of the week are PROPN.
``number``
    ``sing`` or ``plur`` on nouns, proper names, pronouns and determiners (the number of the noun they determine) and
    on every word of a verb group (the number of its subject). ``you`` is ``plur``: its verb is, in both languages.
``tense``
    ``past``, ``pres`` or ``fut`` on every word of a verb group: both words of ``did sleep`` or ``will sleep``.
``negation``
    ``neg`` on ``not``, ``never``, ``no``, ``nobody`` and ``nothing``.
``numeral``
    ``num`` on cardinal numbers, in letters or digits, the day of a date included.
``month``
    ``month`` on the names of months.

The builders (`noun_phrase`, `clause`, ...) take every choice as an argument; `generate` makes the choices at random.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from fairseq_neurons.demo.lexicon import (
    ADJECTIVES, BE, DATES, DETERMINERS, DO, FEMININE_NAMES, HAVE, HE, MASS_KINDS, MIDDLE_ADVERBS, MONTHS, NAMES, NOUNS,
    NUMERALS, PLACES, POSSESSIVES, PRONOUNS, THEY, TIMES, TOWNS, VERBS, WEEKDAYS, I, Adjective, Noun, Verb,
    french_plural, inflect, starts_with_vowel,
)  # fmt: skip

LABEL_SETS = ("pos", "number", "tense", "negation", "numeral", "month")
LENGTHS = range(4, 17)
_NEGATIONS = ("not", "never", "no", "nobody", "nothing")
_FRENCH_MIDDLE = {"": "", "not": "pas", "never": "jamais", **MIDDLE_ADVERBS}
_CONTRACTIONS = {("à", "le"): "au", ("à", "les"): "aux", ("de", "le"): "du", ("de", "les"): "des"}


@dataclass(frozen=True)
class Example:
    """A sentence pair and, label set by label set, one label per English word."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Phrase:
    """The same phrase in both languages.

    Args:
        english: tokens ``form/POS/number/tense``, the last two optional.
        french: words before elision and contraction: ``à le enfant``.
        in_negation: the French of a direct object whose verb is negated, where it differs: ``de pain``.
        person: the person its verb agrees with, a column of the conjugations.
        feminine: the gender its adjectives and participles agree with.
        negative: whether it makes the clause negative: ``nobody``, ``no child``.
        slot: where a French object goes: after the verb (``object``), before it (``clitic``), or before the
            participle (``middle``).
    """

    english: str = ""
    french: str = ""
    in_negation: str = ""
    person: int = HE
    feminine: bool = False
    negative: bool = False
    slot: str = "object"

    def __add__(self, other: Phrase) -> Phrase:
        return Phrase(_join(self.english, other.english), _join(self.french, other.french))


NOBODY = Phrase("nobody/PRON/sing", "personne", negative=True)
NOTHING = Phrase("nothing/PRON/sing", "rien", negative=True, slot="middle")


def _join(*words: str) -> str:
    return " ".join(word for word in words if word)


def _number(person: int) -> str:
    return "sing" if person in (I, HE) else "plur"


def noun_phrase(
    determiner: str, noun: Noun, plural: bool = False, adjective: Adjective | None = None, numeral: str = ""
) -> Phrase:
    """A noun with its dependents; without determiner and numeral it is a bare plural or a mass noun (``du pain``)."""
    number = "plur" if plural else "sing"
    english = _join(numeral and f"{numeral}/NUM", f"{adjective.english}/ADJ" if adjective else "")
    english = _join(english, f"{noun.english[plural]}/NOUN/{number}")
    core = _join(NUMERALS.get(numeral, ""), _french_core(noun, plural, adjective))
    if determiner:
        article = "an" if determiner == "a" and english[0] in "aeiou" else DETERMINERS[determiner][plural]
        english = f"{article}/DET/{number} {english}"
        french_article = DETERMINERS[determiner][6 if plural else 2 + 2 * noun.feminine + starts_with_vowel(core)]
    elif plural:
        french_article = "" if numeral else "des" if core.startswith(noun.french[1]) else "de"
    else:
        french_article = "de la" if noun.feminine else "de le"
    return Phrase(
        english,
        _join(french_article, core),
        in_negation=f"de {core}" if determiner in ("", "a") and not numeral else "",
        person=THEY if plural else HE,
        feminine=noun.feminine,
        negative=determiner == "no",
    )


def _french_core(noun: Noun, plural: bool, adjective: Adjective | None) -> str:
    french = noun.french[plural]
    if adjective is None:
        return french
    if adjective.before_noun:
        return f"{inflect(adjective, noun.feminine, plural, french)} {french}"
    return f"{french} {inflect(adjective, noun.feminine, plural)}"


def name(form: str) -> Phrase:
    """A person's name, the same in both languages."""
    return Phrase(f"{form}/PROPN/sing", form, feminine=form in FEMININE_NAMES)


def pronoun(english: str, as_object: bool = False) -> Phrase:
    """The personal pronoun whose English subject form is given; an object is a clitic in French."""
    row = next(row for row in PRONOUNS if row[0] == english)
    tagged = f"{row[as_object]}/PRON/{_number(row[4])}"
    slot = "clitic" if as_object else "object"
    return Phrase(tagged, row[2 + as_object], person=row[4], feminine=english == "she", slot=slot)


def coordinate(first: Phrase, second: Phrase) -> Phrase:
    """``the girl and the boy``: plural, and feminine only if both are."""
    phrase = first + Phrase("and/CCONJ", "et") + second
    return Phrase(phrase.english, phrase.french, person=THEY, feminine=first.feminine and second.feminine)


def possession(owner: Phrase, noun: Noun, plural: bool = False, adjective: Adjective | None = None) -> Phrase:
    """``Marie 's book`` / ``le livre de Marie``."""
    owned = noun_phrase("the", noun, plural, adjective)
    english = f"{owner.english} 's/PART {owned.english.partition(' ')[2]}"
    return Phrase(english, f"{owned.french} de {owner.french}", person=owned.person, feminine=owned.feminine)


def predicate(adjective: Adjective, subject: Phrase, degree: str = "") -> Phrase:
    """An adjective after `BE`, with the degree adverb ``very`` or ``too``; the French agrees with the subject."""
    french = inflect(adjective, subject.feminine, _number(subject.person) == "plur")
    adverb = {"": "", "very": "très", "too": "trop"}[degree]
    return Phrase(_join(degree and f"{degree}/ADV", f"{adjective.english}/ADJ"), _join(adverb, french))


def clause(
    subject: Phrase, verb: Verb, tense: str, rest: Phrase = Phrase(), middle: str = "", question: bool = False
) -> Phrase:
    """Subject, verb group and what follows it.

    Args:
        tense: ``past``, ``pres`` or ``fut``.
        rest: the object, the predicate or anything else after the verb.
        middle: ``not``, ``never`` or a frequency adverb; ``not`` and ``never`` go with no other negative phrase.
        question: invert subject and auxiliary in English, begin with ``est-ce que`` in French.
    """
    english = _join(_english_group(subject, verb, tense, middle, question), rest.english)
    french = _join("est-ce que" if question else "", _french_group(subject, verb, tense, middle, rest))
    return Phrase(english, french)


def _english_group(subject: Phrase, verb: Verb, tense: str, middle: str, question: bool) -> str:
    finite, base = verb.english.finite[tense][subject.person], verb.english.nonfinite
    auxiliary, main = "", finite
    if tense == "fut":
        auxiliary = "will"
    elif base == "be":
        auxiliary, main = finite, ""
    elif question or middle == "not":
        auxiliary, main = DO.finite[tense][subject.person], base
    agreement = f"{_number(subject.person)}/{tense}"
    auxiliary = auxiliary and f"{auxiliary}/AUX/{agreement}"
    main = main and f"{main}/{'AUX' if base == 'be' else 'VERB'}/{agreement}"
    adverb = middle and f"{middle}/{'PART' if middle == 'not' else 'ADV'}"
    inverted = (auxiliary, subject.english) if question else (subject.english, auxiliary)
    return _join(*inverted, adverb, main, *(f"{particle}/ADP" for particle in verb.particle))


def _french_group(subject: Phrase, verb: Verb, tense: str, middle: str, rest: Phrase) -> str:
    negative = subject.negative or rest.negative or middle in ("not", "never")
    finite, participle = verb.french.finite[tense], ""
    if not finite:
        finite = (BE if verb.with_etre else HAVE).french.finite["pres"]
        participle = _agree(verb.french.nonfinite, subject if verb.with_etre else rest, verb.with_etre)
    slots = {"clitic": "", "middle": "", "object": ""}
    slots[rest.slot] = (negative and not verb.tail and rest.in_negation) or rest.french
    return _join(
        subject.french, "ne" if negative else "", slots["clitic"], finite[subject.person], _FRENCH_MIDDLE[middle],
        slots["middle"], participle, *verb.tail, slots["object"],
    )  # fmt: skip
