"""Word lists: the same languages in all of them, and patterns of whole words."""

from __future__ import annotations

import pytest

from fairseq_neurons.labels.word_lists import AMBIGUOUS_MONTHS, LANGUAGES, MONTHS, NEGATIONS, NUMBERS


def test_every_list__has_every_language():
    for table in (MONTHS, AMBIGUOUS_MONTHS, NEGATIONS, NUMBERS):
        assert tuple(table) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_ambiguous_months__are_months_in_another_spelling(language: str):
    assert set(AMBIGUOUS_MONTHS[language]) <= MONTHS[language]
    assert all(spelled.lower() == name for name, spelled in AMBIGUOUS_MONTHS[language].items())


@pytest.mark.parametrize(
    ("language", "article", "compound"), [("fr", "une", "vingt-et-une"), ("de", "ein", "einhundert")]
)
def test_articles__are_numbers_in_compounds_only(language: str, article: str, compound: str):
    assert NUMBERS[language].fullmatch(article) is None
    assert NUMBERS[language].fullmatch(compound)
