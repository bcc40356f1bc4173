"""Subwords and the words they form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.activations.subwords import check_subwords, detect_subwords, is_cut, join_pieces, word_of_piece
from fairseq_neurons.errors import InputError

SPECIALS = ["<s>", "<pad>", "</s>", "<unk>", "madeupword0000"]
CHARACTERS = [chr(i) for i in range(ord("A"), ord("A") + 60)]
letters = st.text("abcé日", min_size=1, max_size=4)
words = st.lists(st.lists(letters, min_size=1, max_size=4), min_size=1, max_size=6)


def split(words: list[list[str]], subwords: str) -> list[str]:
    """The pieces of words that are split so, with their markers."""
    if subwords == "bpe":
        return [piece + ("" if i == len(word) - 1 else "@@") for word in words for i, piece in enumerate(word)]
    return [("▁" if i == 0 else "") + piece for word in words for i, piece in enumerate(word)]


@given(words, st.sampled_from(["bpe", "sentencepiece"]))
def test_pieces__are_joined_to_the_words_they_were_split_from(chosen, subwords):
    pieces = split(chosen, subwords)
    assert join_pieces(pieces, subwords) == ["".join(word) for word in chosen]
    assert word_of_piece(pieces, subwords).tolist() == [w for w, word in enumerate(chosen) for _ in word]


def test_sentence_that_begins_inside_a_word__has_one_word_there():
    assert word_of_piece(["ing", "▁low"], "sentencepiece").tolist() == [0, 1]
    assert word_of_piece(["low@@"], "bpe").tolist() == [0]


def test_piece_of_only_a_marker__leaves_no_empty_word():
    assert join_pieces(["▁", "▁low"], "sentencepiece") == ["▁", "low"]
    assert join_pieces(["▁", "low"], "sentencepiece") == ["low"]
    assert join_pieces(["@@"], "bpe") == ["@@"]


def test_words__are_left_as_they_are():
    assert join_pieces(["a@@", "▁b"], "words") == ["a@@", "▁b"]
    assert word_of_piece(["a@@", "▁b"], "words").tolist() == [0, 1]


@pytest.mark.parametrize(
    ("symbols", "expected"),
    [
        (["a", "b"], "words"),
        (["a", "b@@"], "bpe"),
        (["▁a", "b"], "sentencepiece"),
        ([*"abcdefghijklmnopqrstu", "▁▁▁"], "words"),
        ([*"abcdefgh", "low@@", "▁"], "bpe"),
        ([], "words"),
        # model_type=char: the marker is a symbol of its own, one of many.
        ([*SPECIALS, "▁", *CHARACTERS], "sentencepiece"),
        ([*SPECIALS, *CHARACTERS], "words"),
        ([*SPECIALS, "▁", *(f"word{i}" for i in range(100))], "words"),
        # byte_fallback adds 256 symbols without a marker.
        ([*SPECIALS, *(f"<0x{i:02X}>" for i in range(256)), "▁low", *"abcdefgh"], "sentencepiece"),
    ],
)
def test_segmentation__is_detected_from_the_dictionary(symbols, expected):
    assert detect_subwords(symbols) == expected


def test_bytes__are_joined_to_the_characters_they_encode():
    smile = ["<0xF0>", "<0x9F>", "<0x98>", "<0x80>"]
    assert join_pieces(["▁", *smile, "▁a", "b", "<0xC3>", "<0xA9>"], "sentencepiece") == ["😀", "abé"]
    assert join_pieces([*smile, *smile, "▁b"], "sentencepiece") == ["😀😀", "b"]
    assert join_pieces(smile, "words") == join_pieces(smile, "bpe") == smile


def test_raw_text__is_not_cut():
    assert is_cut(["▁a b", "▁c"], "sentencepiece") and is_cut(["", "a", "b ▁c"], "sentencepiece")
    assert not is_cut(["a b", "c", "The ▁"], "sentencepiece")
    assert is_cut(["a b"], "words") and is_cut(["a b"], "bpe") and is_cut([], "sentencepiece")


def test_unknown_kind_of_subwords__is_refused():
    check_subwords(None)
    check_subwords("bpe")
    with pytest.raises(InputError, match="subwords=spm: choose words, bpe or sentencepiece"):
        check_subwords("spm")
