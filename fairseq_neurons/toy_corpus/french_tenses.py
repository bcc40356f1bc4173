"""The tense of every French verb form of the toy grammar: a lexicon to read the tense of a translation from."""

from __future__ import annotations

from collections.abc import Iterator

from fairseq_neurons.toy_corpus import lexicon
from fairseq_neurons.toy_corpus.lexicon import BE, HAVE, Verb


def french_tenses() -> list[tuple[str, str]]:
    """List every form of every verb with its tense, ``past``, ``pres`` or ``fut``; sorted, without duplicates.

    A form with several entries is ambiguous: ``a`` is present in ``elle a un chat`` and past in ``elle a mangé``. The
    tense ``-`` marks a form that may be another word than a verb: ``avions`` are also planes, ``ouverte`` is also an
    adjective.
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
