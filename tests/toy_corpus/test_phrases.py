"""The phrase builders of the demo grammar: translations and labels written out by hand."""

from __future__ import annotations

import pytest

from fairseq_neurons.toy_corpus import lexicon
from fairseq_neurons.toy_corpus.lexicon import BE, HAVE, Modifier, Noun, Verb
from fairseq_neurons.toy_corpus.phrases import (
    NOBODY,
    NOTHING,
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


def noun(english: str) -> Noun:
    return next(row for rows in lexicon.NOUNS.values() for row in rows if row.english[0] == english)


def adjective(english: str, kind: str) -> Modifier:
    return next(row for row in lexicon.ADJECTIVES if row.english[0] == english and kind in row.kinds)


def verb(base: str, particle: str = "", frame: str = "transitive") -> Verb:
    return next(row for row in lexicon.VERBS[frame] if (row.base, row.particle) == (base, particle))


def np(determiner: str, english: str, described: str = "", plural: bool = False, numeral: str = "") -> Phrase:
    described_by = adjective(described, noun(english).kind) if described else None
    return noun_phrase(determiner, noun(english), plural, described_by, numeral)


def is_(subject: Phrase, tense: str, described: str) -> Phrase:
    return clause(subject, BE, tense, predicate(subject, adjective(described, "person")))


EAT, DRINK, SEE, BUY, OPEN = (verb(base) for base in ("eat", "drink", "see", "buy", "open"))
WAIT_FOR, PLAY_MUSIC, GIVE = verb("wait", "for"), verb("play"), verb("give", frame="giving")
SLEEP, PLAY = (verb(base, frame="activity") for base in ("sleep", "play"))
GO, LEAVE, KNOW = verb("go", "to", "motion"), verb("leave", frame="motion"), verb("know", frame="reporting")
SPEAKER, YOU, HE, SHE, WE, THEY = (pronoun(form) for form in ("I", "you", "he", "she", "we", "they"))
HER, THEM, ME = (pronoun(form, as_object=True) for form in ("she", "they", "I"))
GIRL, BOY, BREAD, APPLE = np("the", "girl"), np("the", "boy"), np("", "bread"), np("a", "apple")
TO_SCHOOL, TO_TEACHERS = Phrase("", "à") + np("the", "school"), Phrase("to/ADP", "à") + np("the", "teacher", "", True)
BOYS_HORSES = possession(np("the", "boy", "", True), noun("horse"), True)

PAIRS = [
    (clause(GIRL, EAT, "pres", APPLE), "the girl eats an apple", "la fille mange une pomme"),
    (clause(WE, EAT, "pres", APPLE), "we eat an apple", "nous mangeons une pomme"),
    (clause(SPEAKER, EAT, "past", np("", "apple", plural=True)), "I ate apples", "j' ai mangé des pommes"),
    (clause(SHE, EAT, "pres", APPLE, "not"), "she does not eat an apple", "elle ne mange pas de pomme"),
    (clause(YOU, DRINK, "past", np("", "water"), "not"), "you did not drink water", "vous n' avez pas bu d' eau"),
    (clause(HE, EAT, "fut", BREAD, "never"), "he will never eat bread", "il ne mangera jamais de pain"),
    (clause(NOBODY, EAT, "past", np("the", "cake")), "nobody ate the cake", "personne n' a mangé le gâteau"),
    (clause(SHE, EAT, "past", NOTHING), "she ate nothing", "elle n' a rien mangé"),
    (clause(HE, SEE, "past", NOBODY), "he saw nobody", "il n' a vu personne"),
    (clause(np("no", "nurse"), SLEEP, "pres"), "no nurse sleeps", "aucune infirmière ne dort"),
    (clause(BOY, SEE, "fut", np("no", "bird")), "the boy will see no bird", "le garçon ne verra aucun oiseau"),
    (clause(SPEAKER, BUY, "past", np("", "book", "old", True, "three")), "I bought three old books",
     "j' ai acheté trois vieux livres"),
    (clause(np("a", "friend", "old"), OPEN, "pres", np("this", "door", "white")), "an old friend opens this white door",
     "un vieil ami ouvre cette porte blanche"),
    (clause(np("this", "child", "happy"), EAT, "pres", np("the", "egg", "fresh", True)),
     "this happy child eats the fresh eggs", "cet enfant heureux mange les œufs frais"),
    (clause(SHE, BUY, "fut", np("", "knife", "small", True)), "she will buy small knives",
     "elle achètera de petits couteaux"),
    (is_(np("her", "friend"), "past", "happy"), "her friend was happy", "son ami était heureux"),
    (is_(coordinate(name("Marie"), name("Alice")), "fut", "tired"), "Marie and Alice will be tired",
     "Marie et Alice seront fatiguées"),
    (clause(coordinate(GIRL, BOY), LEAVE, "past"), "the girl and the boy left",
     "la fille et le garçon sont partis"),
    (clause(np("the", "woman", plural=True), GO, "past", TO_SCHOOL), "the women went to the school",
     "les femmes sont allées à l' école"),
    (clause(HE, SEE, "past", HER), "he saw her", "il l' a vue"),
    (clause(SPEAKER, SEE, "past", THEM, "not"), "I did not see them", "je ne les ai pas vus"),
    (clause(THEY, WAIT_FOR, "fut", ME, "often"), "they will often wait for me", "ils m' attendront souvent"),
    (clause(SHE, PLAY_MUSIC, "past", np("the", "piano")), "she played the piano", "elle a joué du piano"),
    (clause(SHE, GIVE, "pres", np("a", "letter"), "not") + TO_TEACHERS, "she does not give a letter to the teachers",
     "elle ne donne pas de lettre aux professeurs"),
    (clause(BOYS_HORSES, PLAY, "fut"), "the boys ' horses will play", "les chevaux des garçons joueront"),
    (clause(YOU, HAVE, "past", np("a", "car"), "not"), "you did not have a car", "vous n' aviez pas de voiture"),
    (clause(SHE, SEE, "past", np("the", "plane"), question=True), "did she see the plane",
     "est-ce qu' elle a vu l' avion"),
    (clause(SPEAKER, KNOW, "pres", Phrase("that/SCONJ", "que") + clause(name("Antoine"), LEAVE, "fut")),
     "I know that Antoine will leave", "je sais qu' Antoine partira"),
    (clause(SPEAKER, LEAVE, "fut") + Phrase("because/SCONJ", "parce que") + clause(HE, SLEEP, "pres"),
     "I will leave because he sleeps", "je partirai parce qu' il dort"),
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "english", "french"), PAIRS, ids=[english for _, english, _ in PAIRS])
def test_translation(phrase: Phrase, english: str, french: str) -> None:
    example = realise(phrase)
    assert (" ".join(example.source), " ".join(example.target)) == (english, french)


def test_labels() -> None:
    phrase = is_(np("no", "girl"), "fut", "sick") + Phrase("but/CCONJ") + clause(YOU, SLEEP, "past", middle="not")
    phrase += Phrase("on/ADP 12/NUM May/PROPN/sing")
    columns = {
        "pos": "DET NOUN AUX AUX ADJ CCONJ PRON AUX PART VERB ADP NUM PROPN",
        "number": "sing sing sing sing - - plur plur - plur - - sing",
        "tense": "- - fut fut - - - past - past - - -",
        "negation": "neg - - - - - - - neg - - - -",
        "numeral": "- - - - - - - - - - - num -",
        "month": "- - - - - - - - - - - - month",
    }
    example = realise(phrase)
    assert " ".join(example.source) == "no girl will be sick but you did not sleep on 12 May"
    assert example.labels == {labels: tuple(column.split()) for labels, column in columns.items()}
