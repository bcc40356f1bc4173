"""Built-in labelers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.labelers import LABELERS, identity, length, months, negation, numbers, position

words = st.lists(st.lists(st.text(min_size=1, max_size=5), max_size=8), max_size=4)


@pytest.mark.parametrize("name", LABELERS)
@given(sentences=words, language=st.sampled_from(["en", "fr", "de"]))
def test_every_labeler__gives_every_word_a_label(name: str, sentences: list[list[str]], language: str):
    labels = LABELERS[name](sentences, language)
    assert [len(line) for line in labels] == [len(line) for line in sentences]
    assert all(label for line in labels for label in line)


@pytest.mark.parametrize("name", ["months", "numbers", "negation"])
def test_unknown_language__is_refused_with_the_supported_ones(name: str):
    with pytest.raises(InputError, match=f"^The labeler '{name}' supports the languages en, fr, de, not 'es'.$"):
        LABELERS[name]([["a"]], "es")


@pytest.mark.parametrize(
    ("count", "expected"), [(1, "m"), (2, "be"), (3, "bme"), (4, "bmme"), (5, "bbmee"), (6, "bbmmee")]
)
def test_position__is_the_third_that_contains_the_word(count: int, expected: str):
    assert "".join(label[0] for label in position([["x"] * count])[0]) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, "1-10"), (10, "1-10"), (11, "11-20"), (20, "11-20"), (21, "21-40"), (40, "21-40"), (41, "41+")],
)
def test_length__is_the_range_of_the_sentence_length(count: int, expected: str):
    assert length([["x"] * count]) == [[expected] * count]


def test_identity__is_the_word():
    assert identity([["The", "the"], []]) == [["The", "the"], []]


def found(labels: list[list[str | None]], sentence: str) -> str:
    """The words with a label other than ``other``."""
    return " ".join(word for word, label in zip(sentence.split(), labels[0]) if label != "other")


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("en", "in january and on 3 May , they may march in March", "january May March"),
        ("en", "May I march ?", ""),
        ("en", "March 5 was an august day in August", "March August"),
        ("en", "May", ""),
        ("en", "You MAY go in JUNE", "JUNE"),
        ("fr", "Le 3 mars et en Août , ils vont sur Mars en février", "mars Août février"),
        ("fr", "Mars est rouge", ""),
        ("fr", "Mars 2004", "Mars"),
        ("de", "Im März und im Mai marschieren sie , Jänner 2004", "März Mai Jänner"),
    ],
)
def test_months__are_found_but_not_words_of_the_same_spelling(language: str, sentence: str, expected: str):
    assert found(months([sentence.split()], language), sentence) == expected


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("en", "12 3.5 1,000 -1 50% $5 10:30 1/2 B2 3rd x86 - . , %", "12 3.5 1,000 -1 50% $5 10:30 1/2"),
        ("en", "Two of twenty-one , one hundred and someone often seventh", "Two twenty-one one hundred"),
        ("fr", "un chat et quatre-vingt-dix chiens , vingt-et-un cents deuxième", "quatre-vingt-dix vingt-et-un cents"),
        (
            "de",
            "ein Hund und zweihundertelf Katzen Achtung drei einundzwanzig dritte",
            "zweihundertelf drei einundzwanzig",
        ),
    ],
)
def test_numbers__are_cardinals_in_digits_and_words(language: str, sentence: str, expected: str):
    assert found(numbers([sentence.split()], language), sentence) == expected


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        (
            "en",
            "I did n't and don't know nobody , won 't CAN’T never knot another note no",
            "n't don't nobody 't CAN’T never no",
        ),
        ("fr", "il n' a pas de pain et ne voit jamais plus personne , rien", "n' pas ne jamais rien"),
        ("de", "Er hat nichts , keine Zeit , kein Geld , nie und nicht niedrig", "nichts keine kein nie nicht"),
    ],
)
def test_negation__is_found_in_contractions_and_endings(language: str, sentence: str, expected: str):
    assert found(negation([sentence.split()], language), sentence) == expected
