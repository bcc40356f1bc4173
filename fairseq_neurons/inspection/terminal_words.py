"""How much of a terminal a word takes."""

from __future__ import annotations

import unicodedata

WITHOUT_WIDTH = ("Mn", "Me", "Cf")
LONGEST = 24


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


def _width(c: str) -> int:
    if unicodedata.category(c) in WITHOUT_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
