"""Phrases in English and French at the same time, and their sentences, with gold labels on the English words.

Every English word has one label of each set; ``-`` if no label of the set applies:

- ``pos``: DET NOUN PROPN ADJ VERB AUX PRON ADV ADP NUM CCONJ SCONJ PART PUNCT, as in Universal Dependencies: ``not``
  and ``'s`` are PART; ``be``, ``do``, ``will`` are AUX; names, towns, months and days of the week are PROPN.
- ``number``: ``sing`` or ``plur`` on nouns, proper names, pronouns, determiners (of their noun) and on every word of a
  verb group (of its subject). ``you`` is ``plur``, as its verb is in both languages.
- ``tense``: ``past``, ``pres`` or ``fut`` on every word of a verb group, both ``did`` and ``sleep`` of ``did sleep``.
- ``negation``: ``neg`` on ``not``, ``never``, ``no``, ``nobody``, ``nothing``.
- ``numeral``: ``num`` on numbers in letters or digits, the day of a date included.
- ``month``: ``month`` on the names of months.

The functions take every choice as an argument; `grammar` chooses at random.
"""

from __future__ import annotations

from dataclasses import dataclass

from fairseq_neurons.toy_corpus import lexicon
from fairseq_neurons.toy_corpus.lexicon import (
    BE,
    DETERMINERS,
    HAVE,
    NUMERALS,
    PERSONS,
    PL3,
    SG1,
    SG3,
    Modifier,
    Noun,
    Verb,
)

LABEL_SETS = ("pos", "number", "tense", "negation", "numeral", "month")
_NEGATIONS = ("not", "never", "no", "nobody", "nothing")
_FRENCH_ADVERBS = {"": "", "not": "pas", "never": "jamais", "very": "très", "too": "trop", **lexicon.MIDDLE_ADVERBS}


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
        negated: the French of a direct object after a negated verb, if it differs: ``de pain``.
        person: the column of the conjugations that its verb agrees with.
        feminine: the gender that its adjectives and participles agree with.
        negative: whether it negates the clause: ``nobody``, ``no child``.
        slot: of a French object: after the verb group (``last``), before it (``clitic``) or within it (``middle``).
    """

    english: str = ""
    french: str = ""
    negated: str = ""
    person: int = SG3
    feminine: bool = False
    negative: bool = False
    slot: str = "last"

    def __add__(self, other: Phrase) -> Phrase:
        return Phrase(_join(self.english, other.english), _join(self.french, other.french))


NOBODY = Phrase("nobody/PRON/sing", "personne", negative=True)
NOTHING = Phrase("nothing/PRON/sing", "rien", negative=True, slot="middle")


def _join(*words: str) -> str:
    return " ".join(filter(None, words))


def _number(person: int) -> str:
    return "sing" if person in (SG1, SG3) else "plur"


def noun_phrase(
    determiner: str, noun: Noun, plural: bool = False, adjective: Modifier | None = None, numeral: str = ""
) -> Phrase:
    """A noun with its dependents; without a determiner, a bare plural or an uncounted ``bread`` / ``du pain``."""
    number, core = "plur" if plural else "sing", noun.french[plural]
    if adjective:
        agreeing = adjective.agree(noun.feminine, plural, core if adjective.before_noun else "")
        core = _join(agreeing, core) if adjective.before_noun else _join(core, agreeing)
    core = _join(NUMERALS.get(numeral, ""), core)
    indefinite = "de" if adjective and adjective.before_noun else "des"
    article = ("" if numeral else indefinite) if plural else "de la" if noun.feminine else "de le"
    english = _join(numeral and f"{numeral}/NUM", f"{adjective.english[0]}/ADJ" if adjective else "")
    english = _join(english, f"{noun.english[plural]}/NOUN/{number}")
    if determiner:
        article = DETERMINERS[determiner].agree(noun.feminine, plural, core)
        form = "an" if determiner == "a" and english[0] in "aeiou" else DETERMINERS[determiner].english[plural]
        english = f"{form}/DET/{number} {english}"
    return Phrase(
        english,
        _join(article, core),
        negated=f"de {core}" if determiner in ("", "a") and not numeral else "",
        person=PL3 if plural else SG3,
        feminine=noun.feminine,
        negative=determiner == "no",
    )


def name(form: str) -> Phrase:
    """A person's name, the same in both languages."""
    return Phrase(f"{form}/PROPN/sing", form, feminine=lexicon.NAMES[form] == "f")


def pronoun(english: str, as_object: bool = False) -> Phrase:
    """A personal pronoun, named by its English subject form; an object is a clitic in French."""
    forms, person = lexicon.PRONOUNS[english], PERSONS[english]
    tagged = f"{forms[as_object]}/PRON/{_number(person)}"
    slot = "clitic" if as_object else "last"
    return Phrase(tagged, forms[2 + as_object], person=person, feminine=english == "she", slot=slot)


def coordinate(first: Phrase, second: Phrase) -> Phrase:
    """``the girl and the boy``: plural, and feminine only if both are."""
    both = first + Phrase("and/CCONJ", "et") + second
    return Phrase(both.english, both.french, person=PL3, feminine=first.feminine and second.feminine)


def possession(owner: Phrase, noun: Noun, plural: bool = False, adjective: Modifier | None = None) -> Phrase:
    """``Marie 's book`` / ``le livre de Marie``."""
    owned = noun_phrase("the", noun, plural, adjective)
    mark = "'" if owner.person == PL3 and "s/NOUN" in owner.english else "'s"
    english = f"{owner.english} {mark}/PART {owned.english.partition(' ')[2]}"
    return Phrase(english, f"{owned.french} de {owner.french}", person=owned.person, feminine=owned.feminine)


def predicate(subject: Phrase, adjective: Modifier, degree: str = "") -> Phrase:
    """The predicative adjective after `BE`; the degree is ``very``, ``too`` or empty."""
    agreeing = adjective.agree(subject.feminine, _number(subject.person) == "plur")
    english = _join(degree and f"{degree}/ADV", f"{adjective.english[0]}/ADJ")
    return Phrase(english, _join(_FRENCH_ADVERBS[degree], agreeing))


def clause(
    subject: Phrase, verb: Verb, tense: str, rest: Phrase = Phrase(), middle: str = "", question: bool = False
) -> Phrase:
    """A subject, its verb group and the rest of the clause.

    Args:
        subject: the verb agrees with it.
        verb: in both languages.
        tense: ``past``, ``pres`` or ``fut``.
        rest: the object, or anything else that follows the verb.
        middle: a frequency adverb, or ``not`` or ``never`` if neither subject nor object is negative.
        question: invert subject and auxiliary in English, begin with ``est-ce que`` in French.
    """
    english = _join(_english_group(subject, verb, tense, middle, question), rest.english)
    return Phrase(english, _join("est-ce que" if question else "", _french_group(subject, verb, tense, middle, rest)))


def _english_group(subject: Phrase, verb: Verb, tense: str, middle: str, question: bool) -> str:
    auxiliary, main = "", verb.english[tense][subject.person]
    if tense == "fut":
        auxiliary = "will"
    elif verb is BE:
        auxiliary, main = main, ""
    elif question or middle == "not":
        auxiliary, main = lexicon.DO[tense][subject.person], verb.base
    agreement = f"{_number(subject.person)}/{tense}"
    auxiliary = auxiliary and f"{auxiliary}/AUX/{agreement}"
    main = main and f"{main}/{'AUX' if verb is BE else 'VERB'}/{agreement}"
    adverb = middle and f"{middle}/{'PART' if middle == 'not' else 'ADV'}"
    inverted = (auxiliary, subject.english) if question else (subject.english, auxiliary)
    return _join(*inverted, adverb, main, verb.particle and f"{verb.particle}/ADP")


def _french_group(subject: Phrase, verb: Verb, tense: str, middle: str, rest: Phrase) -> str:
    negative = subject.negative or rest.negative or middle in ("not", "never")
    finite, participle = verb.french[tense], ""
    if not finite:
        finite = (BE if verb.with_etre else HAVE).french["pres"]
        agreeing = subject if verb.with_etre else rest if rest.slot == "clitic" else Phrase()
        participle = verb.participle + "e" * agreeing.feminine
        participle = participle if _number(agreeing.person) == "sing" else lexicon.french_plural(participle)
    slots = dict.fromkeys(("clitic", "middle", "last"), "")
    slots[rest.slot] = (negative and not verb.tail and rest.negated) or rest.french
    start = _join(subject.french, "ne" if negative else "", slots["clitic"], finite[subject.person])
    return _join(start, _FRENCH_ADVERBS[middle], slots["middle"], participle, verb.tail, slots["last"])


def realise(sentence: Phrase) -> Example:
    """The words and the labels of a whole sentence, with its punctuation."""
    rows = [_labelled(*token.split("/")) for token in sentence.english.split()]
    source, *labels = zip(*rows, strict=True)
    target = tuple(lexicon.elide_and_contract(sentence.french).split())
    return Example(source, target, dict(zip(LABEL_SETS, labels, strict=True)))


def _labelled(form: str, pos: str, number: str = "-", tense: str = "-") -> tuple[str, ...]:
    negation, numeral = "neg" if form in _NEGATIONS else "-", "num" if pos == "NUM" else "-"
    return form, pos, number, tense, negation, numeral, "month" if form in lexicon.MONTHS else "-"
