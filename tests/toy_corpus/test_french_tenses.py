"""The lexicon of French tenses gives the gold tense of the reference translations."""

from __future__ import annotations

from collections import defaultdict

import pytest

from fairseq_neurons.toy_corpus.french_tenses import french_tenses
from fairseq_neurons.toy_corpus.grammar import generate
from fairseq_neurons.toy_corpus.phrases import Example


@pytest.fixture(scope="module")
def lexicon() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for form, tense in french_tenses():
        found[form].add(tense)
    return found


def tenses_in(example: Example, lexicon: dict[str, set[str]]) -> set[str]:
    return {tense for word in example.target if len(found := lexicon.get(word, set())) == 1 for tense in found}


def gold(example: Example) -> set[str]:
    return {*example.labels["tense"]} - {"-"}


def test_tenses_found_in_a_translation__are_gold(lexicon):
    examples = generate(4000, seed=7)
    assert all(tenses_in(example, lexicon) <= gold(example) for example in examples)
    # `a`, `est` and `ouvert` are ambiguous: a translation with no other verb form has no tense.
    for tense, least in (("past", 0.95), ("pres", 0.75), ("fut", 1.0)):
        of_tense = [example for example in examples if gold(example) == {tense}]
        assert len(of_tense) > 1000
        assert sum(tenses_in(example, lexicon) == {tense} for example in of_tense) >= least * len(of_tense)


def test_forms__have_the_tenses_that_a_grammar_book_gives(lexicon):
    known = {
        "past": "mangé mangée bues venues étions avait vus allé",
        "pres": "mangent buvez viens vont attend pars",
        "fut": "mangerons sera aurez verront achètera",
    }
    for tense, forms in known.items():
        for form in forms.split():
            assert lexicon.get(form) == {tense}, form
    for form in ("a", "est", "sommes", "avons"):
        assert {"past", "pres"} <= lexicon[form]
    for form in ("bus", "avions", "ouverte"):
        assert lexicon[form] == {"past", "-"}
    assert "manger" not in lexicon and "été" not in lexicon and "pomme" not in lexicon
