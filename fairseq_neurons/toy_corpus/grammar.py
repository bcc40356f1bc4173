"""A small synchronous grammar of English and French: the random choices that generate its sentences."""

from __future__ import annotations

import random

from fairseq_neurons.toy_corpus import lexicon
from fairseq_neurons.toy_corpus.lexicon import BE, HAVE, NUMERALS, PERSONS, PL3, SG3, Modifier, Noun, Verb
from fairseq_neurons.toy_corpus.phrases import (
    NOBODY,
    NOTHING,
    Example,
    Phrase,
    clause,
    coordinate,
    name,
    noun_phrase,
    possession,
    predicate,
    pronoun,
    realise,
)

LENGTHS = range(4, 17)
_CONJUNCTIONS = (("and/CCONJ", "et"), ("but/CCONJ", "mais"), ("because/SCONJ", "parce que"))
_FRAMES = ("transitive",) * 9 + ("activity",) * 4 + ("motion",) * 3 + ("giving",) * 2
_SITED_VERBS = ("eat", "drink", "buy", "watch", "play", "wait")


def generate(sentences: int, seed: int) -> list[Example]:
    """Generate distinct English sentences with their translations, 4 to 16 words on either side.

    The same arguments give the same list on every version of Python, and any slice of it is a random sample.
    """
    sampler = _Sampler(random.Random(seed))
    examples: dict[tuple[str, ...], Example] = {}
    while len(examples) < sentences:
        example = realise(sampler.sentence())
        if _is_acceptable(example):
            examples.setdefault(example.source, example)
    # Likely sentences are drawn early: unshuffled, they would all be in the training text and none in the test text.
    return sorted(examples.values(), key=lambda _: sampler.rng.random())


def _is_acceptable(example: Example) -> bool:
    pairs = zip(example.source, example.labels["pos"], strict=True)
    names = [form.removesuffix("s") for form, pos in pairs if pos in ("NOUN", "PROPN")]
    # A noun or name that occurs twice gives `Paul watches Paul` or `the girl and the girls`.
    distinct = len(names) == len(dict.fromkeys(names))
    return distinct and len(example.source) in LENGTHS and len(example.target) in LENGTHS


class _Sampler:
    """Draws phrases whose words go together."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def noun(self, kinds: tuple[str, ...], determiners: str, described: float = 0.3) -> Phrase:
        """A noun phrase; of ``determiners``, ``-`` means none, ``#`` a numeral, ``my`` a possessive, ``'s`` owner."""
        noun = self.rng.choice(lexicon.NOUNS[self.rng.choice(kinds)])
        determiner = self.rng.choice(determiners.split())
        if determiner == "my":
            determiner = self.rng.choice(lexicon.POSSESSIVES)
        if noun in lexicon.UNOWNED and determiner in ("'s", *lexicon.POSSESSIVES):
            determiner = "the"
        many = self.chance(0.1 if noun.kind in ("transport", *lexicon.PLACES) else 0.45)
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
        # `vieux garçon` is a bachelor.
        banned = "old" if noun in lexicon.YOUNG else ""
        fitting = [row for row in lexicon.ADJECTIVES if noun.kind in row.kinds and row.english[0] != banned]
        return self.rng.choice(fitting) if fitting else None

    def person(self) -> Phrase:
        return name(self.rng.choice(tuple(lexicon.NAMES))) if self.chance(0.4) else self.noun(("person",), "the the my")

    def subject(self, kinds: tuple[str, ...], negatable: bool, described: float = 0.3) -> Phrase:
        if "person" in kinds and self.chance(0.6):
            roll = self.rng.random()
            if roll < 0.65:
                return pronoun(self.rng.choice(tuple(PERSONS)))
            if roll < 0.8:
                return coordinate(self.person(), self.person())
            return NOBODY if negatable and roll < 0.88 else name(self.rng.choice(tuple(lexicon.NAMES)))
        animate = any(kind in kinds for kind in ("person", "animal"))
        determiners = ("the the the a this my my 's # #" + " no" * negatable) if animate else "the the this my"
        return self.noun(kinds, determiners, described)

    def direct_object(self, verb: Verb, subject: Phrase, negatable: bool) -> Phrase:
        human = "person" in verb.objects
        if negatable and not verb.determiners and self.chance(0.15):
            return self.noun(verb.objects, "no") if self.chance(0.5) else NOBODY if human else NOTHING
        if human and self.chance(0.45):
            # `I see us` and `you see you` would need reflexive pronouns.
            others = PERSONS if subject.person in (SG3, PL3) else ("he", "she", "they")
            clitic = pronoun(self.rng.choice(tuple(others)), as_object=True)
            return name(self.rng.choice(tuple(lexicon.NAMES))) if verb.tail or self.chance(0.4) else clitic
        first = self.noun(verb.objects, verb.determiners or "the the a a this my 's - # #")
        single = not negatable or verb.determiners or self.chance(0.9)
        return first if single else coordinate(first, self.noun(verb.objects, "the a my"))

    def place(self, kinds: tuple[str, ...], verb: Verb) -> Phrase:
        """The place of an action or, after a verb of motion, its destination."""
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
        """The company, the duration (if ``bounded``) or the place of an activity."""
        roll = self.rng.random()
        if roll < 0.15 and bounded:
            number = self.rng.choice(tuple(NUMERALS))
            return Phrase(f"for/ADP {number}/NUM days/NOUN/plur", f"pendant {NUMERALS[number]} jours")
        if roll < 0.3 and verb.base in ("work", "sing", "play"):
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

    def action(self, tense: str, middle: str, question: bool, timed: bool) -> Phrase:
        frame = self.rng.choice(_FRAMES)
        verb = self.rng.choice([verb for verb in lexicon.VERBS[frame] if not (timed and verb is HAVE)])
        negatable = not question and not middle
        subject, rest, after = self.subject(verb.subjects, negatable), Phrase(), Phrase()
        if frame in ("transitive", "giving"):
            rest = self.direct_object(verb, subject, negatable and not subject.negative)
        elif frame == "activity":
            rest = self.circumstance(verb, bounded=tense != "pres" and middle in ("", "not"))
        elif verb.objects:
            rest = self.place(verb.objects, verb)
        if frame == "giving":
            after = Phrase("to/ADP", "à") + self.person()
        elif frame == "transitive" and verb.base in _SITED_VERBS and self.chance(0.25):
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
        """A clause of any form; with ``fronted``, after a time expression."""
        negations = () if question else ("not", "not", "not", "never")
        middle = self.rng.choice(("",) * 10 + tuple(lexicon.MIDDLE_ADVERBS) + negations)
        habit, timed = middle not in ("", "not"), fronted or self.chance(0.3)
        if self.chance(0.2):
            body = self.description(tense, middle, question, temporary=habit or timed or tense == "fut")
        else:
            body = self.action(tense, middle, question, timed)
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
        elif roll < 0.31:
            english, french = self.rng.choice(_CONJUNCTIONS)
            second = tense if self.chance(0.7) else self.rng.choice(("past", "pres", "fut"))
            sentence = self.clause(tense) + Phrase(english, french) + self.clause(second)
        else:
            sentence = self.clause(tense, fronted=self.chance(0.15))
        return sentence + Phrase("./PUNCT", ".")
