"""The toy grammar: agreement of the words of a sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

import pytest

from fairseq_neurons.toy_corpus.grammar import generate
from fairseq_neurons.toy_corpus.phrases import LABEL_SETS, Example

SAMPLE = 5000
WORDS = """
garçon enfant homme ami professeur médecin chien chat cheval gâteau pain lait livre sac chapeau vélo jardin train
fille femme infirmière vache pomme orange tomate soupe eau lettre clé montre porte voiture école plage gare
girl boy man woman child friend dog horse mouse apple egg knife box car library school
deux trois quatre cinq six sept huit neuf dix onze douze
janvier février mars avril mai juin juillet août septembre octobre novembre décembre"""
MASCULINE, FEMININE, ENGLISH_SINGULAR, FRENCH_NUMERALS, FRENCH_MONTHS = (row.split() for row in WORDS.split("\n")[1:])


@pytest.fixture(scope="session")
def samples() -> tuple[list[Example], list[Example]]:
    return generate(SAMPLE, seed=1), generate(SAMPLE, seed=2)


@pytest.fixture(scope="session")
def sample(samples: tuple[list[Example], list[Example]]) -> list[Example]:
    return samples[0] + samples[1]


TIMES = {"in March": "en mars", "on 15 July": "le 15 juillet", "on Monday": "lundi", "on Mondays": "le lundi",
         "yesterday": "hier", "next week": "la semaine prochaine", "every day": "tous les jours"}  # fmt: skip


@pytest.mark.parametrize("english", TIMES)
def test_times_end_both_sides(sample: list[Example], english: str) -> None:
    ends = [" ".join(row.target) for row in sample if " ".join(row.source).endswith(f" {english} .")]
    assert ends and all(end.endswith(f" {TIMES[english]} .") for end in ends)


def test_labels_align_and_lengths(sample: list[Example]) -> None:
    for example in sample:
        assert tuple(example.labels) == LABEL_SETS
        assert {len(labels) for labels in example.labels.values()} == {len(example.source)}
        assert 4 <= len(example.source) <= 16
    assert 8 <= sum(len(example.source) for example in sample) / len(sample) <= 9.25


def test_every_label_is_frequent(sample: list[Example]) -> None:
    values = {
        "pos": "DET NOUN PROPN ADJ VERB AUX PRON ADV ADP NUM CCONJ SCONJ PART PUNCT",
        "number": "sing plur -",
        "tense": "past pres fut -",
        "negation": "neg -",
        "numeral": "num -",
        "month": "month -",
    }
    for labels, expected in values.items():
        counts = Counter(label for example in sample[:SAMPLE] for label in example.labels[labels])
        assert set(counts) == set(expected.split()), labels
        assert min(counts.values()) >= 50, labels


def test_english_has_one_translation_and_the_corpus_is_large(samples: tuple[list[Example], list[Example]]) -> None:
    first, second = ({example.source: example for example in examples} for examples in samples)
    again = first.keys() & second.keys()
    assert len(first) == len(second) == SAMPLE
    assert again and all(first[source] == second[source] for source in again)
    # Capture-recapture: two draws of n from fewer than 60,000 sentences would share more than n * n / 60,000.
    assert len(again) < SAMPLE * SAMPLE / 60_000


def following(sentences: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
    after: dict[str, set[str]] = {}
    for words in sentences:
        for word, next_word in zip(words, words[1:], strict=False):
            after.setdefault(word, set()).add(next_word)
    return after


def test_french_articles_agree(sample: list[Example]) -> None:
    after = following(example.target for example in sample)
    for plural in ("les", "des", "ces", "mes", "aux", "leurs", *FRENCH_NUMERALS, "100"):
        assert after[plural] and not after[plural] & {*MASCULINE, *FEMININE}, plural
    for feminine in ("la", "une", "cette", "aucune", "ma"):
        assert after[feminine] & {*FEMININE} and not after[feminine] & {*MASCULINE}, feminine
    for masculine in ("le", "un", "ce", "cet", "aucun", "du", "au"):
        assert after[masculine] & {*MASCULINE} and not after[masculine] & {*FEMININE}, masculine
    for short in ("cet", "l'", "d'", "n'", "j'", "qu'", "vieil", "bel", "nouvel"):
        assert all(word[0].lower() in "aeiouhéêœ" for word in after[short]), short
    for full in ("je", "le", "la", "ne", "de", "que", "me", "ma", "sa", "ce", "beau", "nouveau"):
        assert not any(word[0].lower() in "aeiouéêœ" for word in after[full] - {"et", "onze"}), full
    assert not {"le", "les"} & (after["de"] | after["à"])
    assert not {"garçon", "fille"} & (after["vieux"] | after["vieille"]), "a bachelor, a spinster"


def test_english_articles_and_numbers_agree(sample: list[Example]) -> None:
    after = following(example.source for example in sample)
    assert all(word[0] in "aeiou" for word in after["an"])
    assert not any(word[0] in "aeiou" for word in after["a"])
    for plural in ("three", "these", "15"):
        assert after[plural] and not after[plural] & {*ENGLISH_SINGULAR}, plural
    assert after["this"] & {*ENGLISH_SINGULAR} and not after["this"] & {f"{one}s" for one in ENGLISH_SINGULAR}


def test_verbs_agree_with_pronouns(sample: list[Example]) -> None:
    after_subject = r"(?<!\S){}(?! y )(?: ne| n')?(?: me| m'| le| la| l'| les| nous| vous)* (\w+)"
    endings = {"ils": r"nt$", "il": r"(?:[aedt]|ient)$", "elle": r"(?:[aedt]|ient)$"}
    for subject, ending in endings.items():
        found = {form for row in sample for form in re.findall(after_subject.format(subject), " ".join(row.target))}
        assert len(found) > 20 and all(re.search(ending, form) for form in found), (subject, found)


def test_participles_of_motion_agree(sample: list[Example]) -> None:
    pattern = r"(?<!\S)(elle|il|ils)(?: n')? (?:est|sont)(?: \w+)? (?:allé|arrivé|parti|resté|venu)(e?s?)(?!\S)"
    found = Counter(match for row in sample for match in re.findall(pattern, " ".join(row.target)))
    assert set(found) == {("elle", "e"), ("il", ""), ("ils", "s")}


def test_both_sides_say_the_same(sample: list[Example]) -> None:
    for example in sample:
        french, labels = Counter(example.target), example.labels
        numerals = sum(french[word] for word in FRENCH_NUMERALS) + sum(word.isdigit() for word in example.target)
        assert labels["numeral"].count("num") == numerals, example
        assert labels["month"].count("month") == sum(french[word] for word in FRENCH_MONTHS), example
        assert labels["negation"].count("neg") == french["ne"] + french["n'"], example
        futures = sum(bool(re.search(r"(?<!ouv)r(?:ai|a|ons|ez|ont)$", word)) for word in example.target)
        assert example.source.count("will") == futures, example
