from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.activations.subwords import detect_subwords, join_pieces, pool, word_of_piece

letters = st.text("abcé日", min_size=1, max_size=4)
words = st.lists(st.lists(letters, min_size=1, max_size=4), min_size=1, max_size=6)


def cut(words: list[list[str]], subwords: str) -> list[str]:
    """The pieces that an encoder would make of words cut so."""
    if subwords == "bpe":
        return [piece + ("" if i == len(word) - 1 else "@@") for word in words for i, piece in enumerate(word)]
    return [("▁" if i == 0 else "") + piece for word in words for i, piece in enumerate(word)]


@given(words, st.sampled_from(["bpe", "sentencepiece"]))
def test_pieces__are_joined_to_the_words_they_were_cut_from(chosen, subwords):
    pieces = cut(chosen, subwords)
    assert join_pieces(pieces, subwords) == ["".join(word) for word in chosen]
    assert word_of_piece(pieces, subwords).tolist() == [w for w, word in enumerate(chosen) for _ in word]


@given(words, st.sampled_from(["first", "last", "mean"]))
def test_pooling__equals_the_loop_over_words(chosen, pooling):
    pieces = cut(chosen, "bpe")
    rows = np.random.default_rng(0).normal(size=(len(pieces), 3)).astype(np.float32)
    expected, start = [], 0
    for word in chosen:
        part = rows[start : start + len(word)]
        expected.append({"first": part[0], "last": part[-1], "mean": part.astype(np.float64).mean(axis=0)}[pooling])
        start += len(word)
    np.testing.assert_allclose(pool(rows, word_of_piece(pieces, "bpe"), pooling), expected, rtol=1e-6)


def test_sentence_that_begins_inside_a_word__has_one_word_there():
    assert word_of_piece(["ing", "▁low"], "sentencepiece").tolist() == [0, 1]
    assert word_of_piece(["low@@"], "bpe").tolist() == [0]


def test_piece_that_is_only_a_mark__leaves_no_hole_in_the_line():
    assert join_pieces(["▁", "▁low"], "sentencepiece") == ["▁", "low"]
    assert join_pieces(["▁", "low"], "sentencepiece") == ["low"]
    assert join_pieces(["@@"], "bpe") == ["@@"]


def test_words__are_left_as_they_are():
    assert join_pieces(["a@@", "▁b"], "words") == ["a@@", "▁b"]
    rows = np.ones((2, 3))
    assert pool(rows, word_of_piece(["a", "b"], "words"), "mean") is rows
    assert pool(rows[:0], word_of_piece([], "words"), "last").shape == (0, 3)


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        (["a", "b"], "words"),
        (["a", "b@@"], "bpe"),
        (["▁a", "b"], "sentencepiece"),
        ([*"abcdefghijklmnopqrstu", "▁▁▁"], "words"),
        ([*"abcdefgh", "low@@", "▁"], "bpe"),
        ([], "words"),
    ],
)
def test_dictionary__tells_what_it_is_made_of(symbols, expected):
    assert detect_subwords(symbols) == expected
