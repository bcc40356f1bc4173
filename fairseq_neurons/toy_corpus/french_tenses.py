"""What the French verb forms of the demo grammar say of the tense, to read it off a translation."""

from __future__ import annotations

from collections.abc import Iterator

from fairseq_neurons.toy_corpus import lexicon
from fairseq_neurons.toy_corpus.lexicon import BE, HAVE, Verb


def french_tenses() -> list[tuple[str, str]]:
    """Every form of every verb with its tense, ``past``, ``pres`` or ``fut``; sorted, each pair once.

    A form that has several lines tells nothing: ``a`` is present in ``elle a un chat`` and past in ``elle a mangé``.
    ``-`` stands for what is no verb: ``avions`` are planes, too, and a door may be ``ouverte`` that nobody has opened.
    """
    verbs = [BE, *(verb for verbs in lexicon.VERBS.values() for verb in verbs)]
    pairs = {pair for verb in verbs for pair in _forms(verb)}
    pairs |= {(form, "past") for verb in (BE, HAVE) for form in verb.french["pres"]}
    forms = {form for form, _ in pairs}
    return sorted(pairs | {(word, "-") for word in _other_words() if word in forms})


def _forms(verb: Verb) -> Iterator[tuple[str, str]]:
    for tense, forms in verb.french.items():
        yield from ((form, tense) for form in forms)
    if not verb.french["past"]:
        for singular in (verb.participle, f"{verb.participle}e"):
            yield from ((form, "past") for form in (singular, lexicon.french_plural(singular)))


def _other_words() -> Iterator[str]:
    for nouns in lexicon.NOUNS.values():
        yield from (form for noun in nouns for form in noun.french)
    for modifier in (*lexicon.ADJECTIVES, *lexicon.DETERMINERS.values()):
        yield from modifier.french
    for _, _, french in lexicon.TIMES:
        yield from french.split()
