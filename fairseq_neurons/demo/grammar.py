"""A small synchronous grammar of English and French, with gold labels on the English words.

Every English word has one label of each set, ``-`` where the set has nothing to say about it:

- ``pos``: DET NOUN PROPN ADJ VERB AUX PRON ADV ADP NUM CCONJ SCONJ PART PUNCT, as in Universal Dependencies: ``not``
  and ``'s`` are PART; ``be``, ``do``, ``will`` are AUX; names, towns, months and days of the week are PROPN.
- ``number``: ``sing`` or ``plur`` on nouns, proper names, pronouns, determiners (of their noun) and on every word of a
  verb group (of its subject). ``you`` is ``plur``, as its verb is in both languages.
- ``tense``: ``past``, ``pres`` or ``fut`` on every word of a verb group, both ``did`` and ``sleep`` of ``did sleep``.
- ``negation``: ``neg`` on ``not``, ``never``, ``no``, ``nobody``, ``nothing``.
- ``numeral``: ``num`` on numbers in letters or digits, the day of a date included.
- ``month``: ``month`` on the names of months.

The functions that build phrases take every choice as an argument; `generate` makes the choices at random.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from fairseq_neurons.demo import lexicon
from fairseq_neurons.demo.lexicon import BE, DETERMINERS, HAVE, NUMERALS, PERSONS, PL3, SG1, SG3, Modifier, Noun, Verb

LABEL_SETS = ("pos", "number", "tense", "negation", "numeral", "month")
LENGTHS = range(4, 17)
_NEGATIONS = ("not", "never", "no", "nobody", "nothing")
_CONJUNCTIONS = (("and/CCONJ", "et"), ("but/CCONJ", "mais"), ("because/SCONJ", "parce que"))
_FRAMES = ("transitive",) * 9 + ("activity",) * 4 + ("motion",) * 3 + ("giving",) * 2
_SITED_OBJECTS = ("food", "drink", "text", "person", "instrument")
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
        negated: the French of a direct object whose verb is negated, where it differs: ``de pain``.
        person: the column of the conjugations its verb agrees with.
        feminine: the gender its adjectives and participles agree with.
        negative: whether it makes the clause negative: ``nobody``, ``no child``.
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
    return " ".join(word for word in words if word)


def _number(person: int) -> str:
    return "sing" if person in (SG1, SG3) else "plur"


def noun_phrase(
    determiner: str, noun: Noun, plural: bool = False, adjective: Modifier | None = None, numeral: str = ""
) -> Phrase:
    """A noun with its dependents; the empty determiner makes a bare plural or an uncounted ``bread`` / ``du pain``."""
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
    """The personal pronoun whose English subject form is given; an object is a clitic in French."""
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
    """What `BE` says of the subject; the degree is ``very`` or ``too``."""
    agreeing = adjective.agree(subject.feminine, _number(subject.person) == "plur")
    english = _join(degree and f"{degree}/ADV", f"{adjective.english[0]}/ADJ")
    return Phrase(english, _join(_FRENCH_ADVERBS[degree], agreeing))


def clause(
    subject: Phrase, verb: Verb, tense: str, rest: Phrase = Phrase(), middle: str = "", question: bool = False
) -> Phrase:
    """Subject, verb group and what follows it.

    Args:
        subject: with which the verb agrees.
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
    """The words and the labels of a sentence, punctuation included."""
    rows = [_labelled(*token.split("/")) for token in sentence.english.split()]
    source, *labels = zip(*rows, strict=True)
    target = tuple(lexicon.elide_and_contract(sentence.french).split())
    return Example(source, target, dict(zip(LABEL_SETS, labels, strict=True)))


def _labelled(form: str, pos: str, number: str = "-", tense: str = "-") -> tuple[str, ...]:
    negation, numeral = "neg" if form in _NEGATIONS else "-", "num" if pos == "NUM" else "-"
    return form, pos, number, tense, negation, numeral, "month" if form in lexicon.MONTHS else "-"


def generate(sentences: int, seed: int) -> list[Example]:
    """Distinct English sentences of 4 to 16 words with their translations.

    The same arguments give the same list on every version of Python, and any slice of it is a fair sample of it all.
    """
    sampler = _Sampler(random.Random(seed))
    examples: dict[tuple[str, ...], Example] = {}
    while len(examples) < sentences:
        example = realise(sampler.sentence())
        if _is_wanted(example):
            examples.setdefault(example.source, example)
    # The likelier sentences come earlier: unshuffled, training would have them all and the test none.
    return sorted(examples.values(), key=lambda _: sampler.rng.random())


def _is_wanted(example: Example) -> bool:
    pairs = zip(example.source, example.labels["pos"], strict=True)
    names = [form for form, pos in pairs if pos in ("NOUN", "PROPN")]
    # Naming somebody twice gives `Paul and Paul` or `Paul watches Paul`.
    distinct = len(names) == len(dict.fromkeys(names))
    return distinct and len(example.source) in LENGTHS and len(example.target) in LENGTHS


class _Sampler:
    """Draws phrases whose words go together."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def noun(self, kinds: tuple[str, ...], determiners: str, described: float = 0.35) -> Phrase:
        """A noun phrase; of the determiners, ``-`` is none, ``#`` a numeral, ``my`` a possessive, ``'s`` an owner."""
        noun = self.rng.choice(lexicon.NOUNS[self.rng.choice(kinds)])
        determiner = self.rng.choice(determiners.split())
        if determiner == "my":
            determiner = self.rng.choice(lexicon.POSSESSIVES)
        if noun in lexicon.UNOWNED and determiner in ("'s", *lexicon.POSSESSIVES):
            determiner = "the"
        many = self.chance(0.05 if noun.kind in ("transport", *lexicon.PLACES) else 0.4)
        plural = determiner in ("-", "#") or (many and determiner not in ("a", "no"))
        if noun.kind in lexicon.UNCOUNTED:
            plural, determiner = False, "-" if determiner in ("a", "#", "no") else determiner
        adjective = self.adjective(noun) if self.chance(described) else None
        if determiner == "'s":
            return possession(self.person(), noun, plural, adjective)
        counted = determiner == "#" or (plural and determiner in ("the", *lexicon.POSSESSIVES) and self.chance(0.2))
        numeral = self.rng.choice(tuple(NUMERALS)) if counted else ""
        return noun_phrase("" if determiner in "-#" else determiner, noun, plural, adjective, numeral)

    def adjective(self, noun: Noun) -> Modifier | None:
        fitting = [adjective for adjective in lexicon.ADJECTIVES if noun.kind in adjective.kinds]
        return self.rng.choice(fitting) if fitting else None

    def person(self) -> Phrase:
        return name(self.rng.choice(tuple(lexicon.NAMES))) if self.chance(0.4) else self.noun(("person",), "the the my")

    def subject(self, kinds: tuple[str, ...], negatable: bool, described: float = 0.35) -> Phrase:
        if "person" in kinds and self.chance(0.5):
            roll = self.rng.random()
            if roll < 0.6:
                return pronoun(self.rng.choice(tuple(PERSONS)))
            if roll < 0.75:
                return coordinate(self.person(), self.person())
            return NOBODY if negatable and roll < 0.85 else name(self.rng.choice(tuple(lexicon.NAMES)))
        animate = any(kind in kinds for kind in ("person", "animal"))
        determiners = ("the the the a this my my 's #" + " no" * negatable) if animate else "the the this my"
        return self.noun(kinds, determiners, described)

    def object(self, verb: Verb, subject: Phrase, negatable: bool) -> Phrase:
        human = "person" in verb.objects
        if negatable and not verb.determiners and self.chance(0.15):
            return self.noun(verb.objects, "no") if self.chance(0.5) else NOBODY if human else NOTHING
        if human and self.chance(0.45):
            # `I see us` and `you see you` would have to be reflexive.
            others = PERSONS if subject.person in (SG3, PL3) else ("he", "she", "they")
            clitic = pronoun(self.rng.choice(tuple(others)), as_object=True)
            return name(self.rng.choice(tuple(lexicon.NAMES))) if verb.tail or self.chance(0.4) else clitic
        first = self.noun(verb.objects, verb.determiners or "the the a a this my 's - #")
        single = not negatable or verb.determiners or self.chance(0.9)
        return first if single else coordinate(first, self.noun(verb.objects, "the a my"))

    def place(self, kinds: tuple[str, ...], verb: Verb) -> Phrase:
        """Where something happens or, after a verb of motion, where somebody goes."""
        motion = verb in lexicon.VERBS["motion"]
        if self.chance(0.25):
            town = self.rng.choice(tuple(lexicon.TOWNS))
            place, english, french = Phrase(f"{town}/PROPN/sing", lexicon.TOWNS[town]), "in", ""
        else:
            kind, determiner = self.rng.choice(kinds), self.rng.choice(("the", "the", "the", "a", "this"))
            english, at, to, otherwise = lexicon.PLACES[kind]
            french = otherwise if determiner != "the" else to if motion else at
            place = self.noun((kind,), determiner)
        return Phrase("" if verb.particle else f"{english}/ADP", french) + place

    def circumstance(self, verb: Verb, bounded: bool) -> Phrase:
        """With whom, how long (if ``bounded``) or where an activity goes on."""
        roll = self.rng.random()
        if roll < 0.15 and bounded:
            number = self.rng.choice(tuple(NUMERALS))
            return Phrase(f"for/ADP {number}/NUM days/NOUN/plur", f"pendant {NUMERALS[number]} jours")
        if roll < 0.3 and not verb.with_etre:
            return Phrase("with/ADP", "avec") + self.person()
        return self.place(verb.objects, verb)

    def time(self, tense: str, habit: bool) -> Phrase:
        uses = ("habit",) if habit else ("habit", tense)
        fitting = [row for row in lexicon.TIMES if any(use in uses for use in row[0].split())]
        _, english, french = self.rng.choice(fitting)
        number, month, day = (self.rng.choice(tuple(x)) for x in (lexicon.NUMERALS, lexicon.MONTHS, lexicon.WEEKDAYS))
        date = self.rng.choice(lexicon.DATES)
        return Phrase(
            english.format(number=number, month=month, day=day, date=date),
            french.format(number=NUMERALS[number], month=lexicon.MONTHS[month], day=lexicon.WEEKDAYS[day], date=date),
        )

    def action(self, tense: str, middle: str, question: bool) -> Phrase:
        frame = self.rng.choice(_FRAMES)
        verb = self.rng.choice(lexicon.VERBS[frame])
        negatable = not question and not middle
        subject, rest, after = self.subject(verb.subjects, negatable), Phrase(), Phrase()
        if frame in ("transitive", "giving"):
            rest = self.object(verb, subject, negatable and not subject.negative)
        elif frame == "activity":
            rest = self.circumstance(verb, bounded=tense != "pres" and middle in ("", "not"))
        elif verb.objects:
            rest = self.place(verb.objects, verb)
        if frame == "giving":
            after = Phrase("to/ADP", "à") + self.person()
        elif frame == "transitive" and verb.objects[0] in _SITED_OBJECTS and self.chance(0.25):
            after = self.place(("building", "area", "room", "shore"), BE)
        return clause(subject, verb, tense, rest, middle, question) + after

    def description(self, tense: str, middle: str, question: bool, temporary: bool) -> Phrase:
        allowed = lexicon.TEMPORARY if temporary else lexicon.PREDICATIVE
        adjective = self.rng.choice([adjective for adjective in lexicon.ADJECTIVES if adjective.english[0] in allowed])
        kind = self.rng.choice(adjective.kinds)
        subject = self.subject((kind,), not question and not middle, described=0)
        degree = "" if adjective.english[0] in lexicon.UNGRADED else self.rng.choice(("", "", "very", "too"))
        return clause(subject, BE, tense, predicate(subject, adjective, degree), middle, question)

    def clause(self, tense: str, question: bool = False, fronted: bool = False) -> Phrase:
        """A clause of any form; ``fronted`` puts a time expression before it."""
        negations = () if question else ("not", "not", "not", "never")
        middle = self.rng.choice(("",) * 10 + tuple(lexicon.MIDDLE_ADVERBS) + negations)
        habit, timed = middle not in ("", "not"), fronted or self.chance(0.4)
        if self.chance(0.2):
            body = self.description(tense, middle, question, temporary=habit or timed or tense == "fut")
        else:
            body = self.action(tense, middle, question)
        if not timed or "days/" in body.english:
            return body
        time = self.time(tense, habit)
        return time + Phrase(",/PUNCT", ",") + body if fronted else body + time

    def sentence(self) -> Phrase:
        tense, roll = self.rng.choice(("past", "pres", "fut")), self.rng.random()
        if roll < 0.1:
            return self.clause(tense, question=True) + Phrase("?/PUNCT", "?")
        if roll < 0.16:
            said = Phrase("that/SCONJ", "que") + self.clause(tense)
            verb = self.rng.choice(lexicon.VERBS["reporting"])
            sentence = clause(self.subject(("person",), negatable=False), verb, "pres", said)
        elif roll < 0.4:
            english, french = self.rng.choice(_CONJUNCTIONS)
            second = tense if self.chance(0.7) else self.rng.choice(("past", "pres", "fut"))
            sentence = self.clause(tense) + Phrase(english, french) + self.clause(second)
        else:
            sentence = self.clause(tense, fronted=self.chance(0.15))
        return sentence + Phrase("./PUNCT", ".")
