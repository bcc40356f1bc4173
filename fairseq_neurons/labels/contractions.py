"""Contractions in CoNLL-U: several words that are written as one, such as German ``im`` for ``in dem``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Contraction(NamedTuple):
    """Several words written as one (``3-4  im``), by the numbers of the first and the last, from 1."""

    first: int
    last: int
    form: str


class SurfaceToken(NamedTuple):
    """A word as it is written: its form, and the words that it consists of, usually one."""

    form: str
    words: list[dict[str, Any]]


def surface_tokens(words: list[dict[str, Any]], contractions: Sequence[Contraction]) -> list[SurfaceToken]:
    """A sentence as it is written: a contraction instead of its words.

    Args:
        words: of a `ConlluSentence`.
        contractions: of the same.
    """
    by_first = {found.first: found for found in contractions}
    tokens, number = [], 1
    while number <= len(words):
        found = by_first.get(number, Contraction(number, number, words[number - 1]["form"]))
        last = max(number, found.last)
        tokens.append(SurfaceToken(found.form, words[number - 1 : last]))
        number = last + 1
    return tokens
