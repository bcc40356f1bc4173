"""Map subwords to words: which pieces form a word, and how it is spelled."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from fairseq_neurons.activations.byte_pieces import decode_bytes
from fairseq_neurons.errors import InputError

SUBWORDS = ("words", "bpe", "sentencepiece")
BPE_CONTINUES = "@@"
SENTENCEPIECE_STARTS = "▁"
# Symbols that no text is made of: special ones, bytes, and those with which fairseq fills up a dictionary.
_NO_TEXT = re.compile(r"<.+>|madeupword\d+")


def detect_subwords(symbols: Sequence[str]) -> str:
    """Detect the segmentation of a dictionary: ``bpe``, ``sentencepiece`` or ``words``.

    A dictionary consists of subwords if at least 5 % of its symbols carry the marker. In subword vocabularies, a third
    or more do; in word vocabularies, only a few symbols contain it by accident. In a vocabulary of characters
    (SentencePiece's ``model_type=char``), the marker is a symbol of its own, and no other carries it.
    """
    symbols = [symbol for symbol in symbols if not _NO_TEXT.fullmatch(symbol)]
    counts = {
        "bpe": sum(symbol.endswith(BPE_CONTINUES) for symbol in symbols),
        "sentencepiece": sum(symbol.startswith(SENTENCEPIECE_STARTS) for symbol in symbols),
    }
    kind = max(counts, key=lambda name: counts[name])
    if counts[kind] and counts[kind] >= len(symbols) / 20:
        return kind
    characters = sum(len(symbol) == 1 for symbol in symbols)
    is_of_characters = SENTENCEPIECE_STARTS in symbols and characters >= 0.8 * len(symbols)
    return "sentencepiece" if is_of_characters else "words"


def check_subwords(subwords: str | None) -> None:
    """Refuse an unknown segmentation; None leaves it to the dictionary.

    Raises:
        InputError: naming the choices.
    """
    if subwords not in (None, *SUBWORDS):
        raise InputError(f"subwords={subwords}: choose {', '.join(SUBWORDS[:-1])} or {SUBWORDS[-1]}.")


def is_cut(lines: Sequence[str], subwords: str) -> bool:
    """Whether a text can be one of these subwords: raw text has no ``▁``.

    Args:
        lines: tokens separated by blanks.
        subwords: a value of `SUBWORDS`. Text in ``bpe`` and ``words`` may be without any marker.
    """
    if subwords != "sentencepiece":
        return True
    nonempty = [line for line in lines if line.strip()]
    # Some SentencePiece models leave the first word of a sentence without its marker.
    return 2 * sum(SENTENCEPIECE_STARTS in line for line in nonempty) >= len(nonempty)


def word_of_piece(pieces: Sequence[str], subwords: str) -> np.ndarray:
    """Number the words of a sentence and return the word of each piece.

    Args:
        pieces: subwords of one sentence.
        subwords: a value of `SUBWORDS`.

    Returns:
        int64 (pieces,), word indices from 0, ascending.

    >>> word_of_piece(["low@@", "er", "prices"], "bpe").tolist()
    [0, 0, 1]
    """
    if subwords == "bpe":
        starts = [i == 0 or not pieces[i - 1].endswith(BPE_CONTINUES) for i in range(len(pieces))]
    elif subwords == "sentencepiece":
        starts = [i == 0 or piece.startswith(SENTENCEPIECE_STARTS) for i, piece in enumerate(pieces)]
    else:
        starts = [True] * len(pieces)
    return np.cumsum(np.array(starts, dtype=np.int64)) - 1


def join_pieces(pieces: Sequence[str], subwords: str) -> list[str]:
    """Join pieces to words; SentencePiece's bytes (``<0xC3> <0xA9>``) to the characters that they encode.

    >>> join_pieces(["low@@", "er", "prices"], "bpe"), join_pieces(["▁low", "er", "▁prices"], "sentencepiece")
    (['lower', 'prices'], ['lower', 'prices'])
    """
    if subwords == "words":
        return list(pieces)
    words: dict[int, str] = {}
    numbers = word_of_piece(pieces, subwords).tolist()
    pieces = decode_bytes(pieces) if subwords == "sentencepiece" else pieces
    for piece, word in zip(pieces, numbers, strict=True):
        bare = piece.removesuffix(BPE_CONTINUES) if subwords == "bpe" else piece.removeprefix(SENTENCEPIECE_STARTS)
        words[word] = words.get(word, "") + bare
    # A piece that consists of the marker alone would leave an empty word in a line separated by spaces.
    marker = BPE_CONTINUES if subwords == "bpe" else SENTENCEPIECE_STARTS
    return [word or marker for word in words.values()]
