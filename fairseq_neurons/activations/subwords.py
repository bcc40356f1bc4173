"""Map subwords to words: which pieces form a word, and how it is spelled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SUBWORDS = ("words", "bpe", "sentencepiece")
BPE_CONTINUES = "@@"
SENTENCEPIECE_STARTS = "▁"


def detect_subwords(symbols: Sequence[str]) -> str:
    """Detect the segmentation of a dictionary: ``bpe``, ``sentencepiece`` or ``words``.

    A dictionary consists of subwords if at least 5 % of its symbols carry the marker. In subword vocabularies, a third
    or more do; in word vocabularies, only a few symbols contain it by accident.
    """
    counts = {
        "bpe": sum(symbol.endswith(BPE_CONTINUES) for symbol in symbols),
        "sentencepiece": sum(symbol.startswith(SENTENCEPIECE_STARTS) for symbol in symbols),
    }
    kind = max(counts, key=lambda name: counts[name])
    return kind if counts[kind] and counts[kind] >= len(symbols) / 20 else "words"


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
    """Join pieces to words.

    >>> join_pieces(["low@@", "er", "prices"], "bpe"), join_pieces(["▁low", "er", "▁prices"], "sentencepiece")
    (['lower', 'prices'], ['lower', 'prices'])
    """
    if subwords == "words":
        return list(pieces)
    words: dict[int, str] = {}
    for piece, word in zip(pieces, word_of_piece(pieces, subwords).tolist(), strict=True):
        bare = piece.removesuffix(BPE_CONTINUES) if subwords == "bpe" else piece.removeprefix(SENTENCEPIECE_STARTS)
        words[word] = words.get(word, "") + bare
    # A piece that consists of the marker alone would leave an empty word in a line separated by spaces.
    marker = BPE_CONTINUES if subwords == "bpe" else SENTENCEPIECE_STARTS
    return [word or marker for word in words.values()]
