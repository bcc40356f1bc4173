"""Words of a corpus on a terminal, without control sequences."""

from __future__ import annotations

import unicodedata

# Control and format characters (writing direction, invisible marks), surrogates, line and paragraph separators.
HARMFUL = ("Cc", "Cf", "Cs", "Zl", "Zp")
# Format characters that are part of the spelling of Persian and Indian words, and of emoji.
JOINERS = "\u200c\u200d"
WITHOUT_WIDTH = ("Mn", "Me", "Cf")
LONGEST = 24


def shown(word: str) -> str:
    r"""Escape characters of a word that could control a terminal or reorder its line.

    >>> shown("caf\u00e9"), shown("\x1b[31mred"), shown("\u202eright")
    ('café', '\\x1b[31mred', '\\u202eright')
    """
    return "".join(c.encode("unicode_escape").decode("ascii") if _is_harmful(c) else c for c in word)


def width(text: str) -> int:
    """The width of a text in terminal columns: two for wide characters, none for combining marks."""
    return sum(_width(c) for c in text)


def cut(text: str, most: int = LONGEST) -> str:
    """Cut a text to a maximum number of columns; an ellipsis marks the cut."""
    if width(text) <= most:
        return text
    kept, room = "", most - 1
    for c in text:
        room -= _width(c)
        if room < 0:
            break
        kept += c
    return kept + "…"


def _is_harmful(c: str) -> bool:
    return unicodedata.category(c) in HARMFUL and c not in JOINERS


def _width(c: str) -> int:
    if unicodedata.category(c) in WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
