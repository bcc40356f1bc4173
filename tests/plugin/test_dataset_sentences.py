"""Sentences of a data set: their words, and the rows of their states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fairseq.data import Dictionary, LanguagePairDataset

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.dataset_sentences import Sentences, sentences_of

LINES = ["a@@ b c", "c", ""]


@pytest.fixture
def words() -> Dictionary:
    dictionary = Dictionary()
    for symbol in ("a@@", "b", "c"):
        dictionary.add_symbol(symbol)
    return dictionary


@pytest.fixture
def dataset(words) -> LanguagePairDataset:
    encoded = [words.encode_line(line, add_if_not_exist=False).long() for line in LINES]
    return LanguagePairDataset(encoded, [len(line) for line in encoded], words)


def states(sentences: Sentences, index: int) -> np.ndarray:
    """The position in the place of each state, (positions, 1)."""
    return np.arange(len(sentences.tokens(index)) + sentences.specials, dtype=np.float32)[:, None]


def test_words__are_joined_and_end_with_the_sentence(dataset, words):
    sentences = sentences_of(dataset, words)
    assert [sentences.words(i, "last", False) for i in range(3)] == [["ab", "c"], ["c"], []]
    assert sentences.words(0, "none", True) == ["a@@", "b", "c", "</s>"]
    assert sentences_of(dataset, words, subwords="words").words(0, "last", False) == ["a@@", "b", "c"]


@pytest.mark.parametrize(
    ("pooling", "eos", "rows"),
    [("last", False, [1, 2]), ("first", True, [0, 2, 3]), ("mean", False, [0.5, 2]), ("none", True, [0, 1, 2, 3])],
)
def test_rows__are_those_of_the_words(dataset, words, pooling, eos, rows):
    sentences = sentences_of(dataset, words)
    assert sentences.rows(0, states(sentences, 0), pooling, eos)[:, 0].tolist() == rows


def test_rows_of_what_reads_the_end_of_sentence_first__are_shifted(dataset, words):
    read = sentences_of(dataset, words).tokens
    sentences = Sentences(3, read, words, eos_first=True, specials=2)
    assert sentences.rows(0, states(sentences, 0), "none", False)[:, 0].tolist() == [2, 3, 4]
    assert sentences.rows(0, states(sentences, 0), "none", True)[:, 0].tolist() == [1, 2, 3, 4]
    assert sentences.words(1, "none", True) == ["</s>", "c"]


def test_text__gives_unknown_words_their_spelling(dataset, words, tmp_path):
    unknown = words.encode_line("a@@ x", add_if_not_exist=False).long()
    dataset = LanguagePairDataset([unknown], [3], words)
    (tmp_path / "text").write_text("a@@ x\n")
    spelled = sentences_of(dataset, words, tmp_path / "text")
    assert spelled.words(0, "last", False) == ["ax"] and spelled.unknown(0, "last") == 1
    assert sentences_of(dataset, words).pieces(0) == ["a@@", "<unk>"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (LINES[:2], "text has 2 lines, the data 3 sentences"),
        (["a@@ b", *LINES[1:]], "text, line 1: 2 tokens, the data has 3"),
        ([LINES[0], "b", ""], "text, line 2: 'b' stands where the data has 'c'"),
    ],
)
def test_text_of_other_sentences__is_refused_with_its_line(dataset, words, tmp_path: Path, lines, sentence):
    (tmp_path / "text").write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(InputError, match=sentence):
        sentences_of(dataset, words, tmp_path / "text")


def test_other_data_sets_and_missing_references__are_refused(dataset, words):
    with pytest.raises(InputError, match="cannot be dumped from a list"):
        sentences_of([], words)
    with pytest.raises(InputError, match="The decoder reads references, and the data has none"):
        sentences_of(dataset, words, side="target")


def test_sentence_that_does_not_end_like_one__is_refused(dataset, words):
    damaged = replace(sentences_of(dataset, words), tokens=lambda _: np.array([4, 5, 6, 7, 8, 9]))
    with pytest.raises(InputError, match="Sentence 1 of the data is damaged: it does not end like a sentence"):
        damaged.rows(0, np.zeros((6, 3), dtype=np.float32), "last", False)
