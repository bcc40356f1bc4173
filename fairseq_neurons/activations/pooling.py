"""Pool the states of the subwords of each word."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# No pooling: each subword keeps a row of its own.
NONE = "none"

Pooling = Callable[[np.ndarray, np.ndarray], np.ndarray]


def last(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The state of the last subword of each word, of the dtype of ``rows``."""
    return rows[np.append(starts[1:], len(rows)) - 1]


def first(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The state of the first subword of each word, of the dtype of ``rows``."""
    return rows[starts]


def mean(rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The mean state of the subwords of each word, float32."""
    counts = np.diff(np.append(starts, len(rows)))
    return (np.add.reduceat(rows.astype(np.float64), starts, axis=0) / counts[:, None]).astype(np.float32)


# Name on the command line -> function of rows (pieces, neurons) and the first row of each word (words,), which returns
# (words, neurons). It is called only if some word has several subwords.
POOLINGS: dict[str, Pooling] = {"last": last, "first": first, "mean": mean}


def pooling_choices() -> tuple[str, ...]:
    """The values of ``--dump-pooling`` and ``pooling=``."""
    return (*POOLINGS, NONE)


def pool(rows: np.ndarray, word: np.ndarray, pooling: str) -> np.ndarray:
    """Pool the states of subwords into states of words.

    Args:
        rows: (pieces, neurons).
        word: int64 (pieces,), the word of each piece, see ``word_of_piece``.
        pooling: a key of `POOLINGS`.

    Returns:
        (words, neurons); ``rows`` itself if every word is a single piece.
    """
    if len(rows) == 0 or word[-1] == len(word) - 1:
        return rows
    starts = np.flatnonzero(np.diff(word, prepend=-1))
    return POOLINGS[pooling](rows, starts)
