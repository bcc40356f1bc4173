"""From subwords back to words: which pieces belong together, how they are spelled, how their states become one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SUBWORDS = ("words", "bpe", "sentencepiece")
BPE_CONTINUES = "@@"
SENTENCEPIECE_STARTS = "▁"


def detect_subwords(symbols: Sequence[str]) -> str:
    """What a dictionary is made of: ``bpe``, ``sentencepiece`` or ``words``.

    A mark on at least one symbol in twenty decides: vocabularies of subwords carry it on a third or more, and text has
    it now and then.
    """
    counts = {
        "bpe": sum(symbol.endswith(BPE_CONTINUES) for symbol in symbols),
        "sentencepiece": sum(symbol.startswith(SENTENCEPIECE_STARTS) for symbol in symbols),
    }
    kind = max(counts, key=lambda name: counts[name])
    return kind if counts[kind] and counts[kind] >= len(symbols) / 20 else "words"


def word_of_piece(pieces: Sequence[str], subwords: str) -> np.ndarray:
    """Which word each piece belongs to.

    Args:
        pieces: of one sentence.
        subwords: as from ``detect_subwords``.

    Returns:
        int64 (pieces,), from 0, growing by at most one.

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
    """The words that the pieces spell.

    >>> join_pieces(["low@@", "er", "prices"], "bpe"), join_pieces(["▁low", "er", "▁prices"], "sentencepiece")
    (['lower', 'prices'], ['lower', 'prices'])
    """
    if subwords == "words":
        return list(pieces)
    words: dict[int, str] = {}
    for piece, word in zip(pieces, word_of_piece(pieces, subwords).tolist(), strict=True):
        bare = piece.removesuffix(BPE_CONTINUES) if subwords == "bpe" else piece.removeprefix(SENTENCEPIECE_STARTS)
        words[word] = words.get(word, "") + bare
    # A piece that is nothing but its mark would leave a hole in a blank-separated line.
    mark = BPE_CONTINUES if subwords == "bpe" else SENTENCEPIECE_STARTS
    return [word or mark for word in words.values()]


def pool(rows: np.ndarray, word: np.ndarray, pooling: str) -> np.ndarray:
    """The states of pieces -> the states of words.

    Args:
        rows: (pieces, neurons).
        word: (pieces,), as from ``word_of_piece``.
        pooling: ``last``, ``first`` or ``mean`` of the word's pieces.

    Returns:
        (words, neurons), float32 for ``mean``, else as ``rows``.
    """
    if len(rows) == 0 or word[-1] == len(word) - 1:
        return rows
    firsts = np.flatnonzero(np.diff(word, prepend=-1))
    if pooling == "first":
        return rows[firsts]
    if pooling == "last":
        return rows[np.append(firsts[1:], len(word)) - 1]
    counts = np.diff(np.append(firsts, len(word)))
    return (np.add.reduceat(rows.astype(np.float64), firsts, axis=0) / counts[:, None]).astype(np.float32)
