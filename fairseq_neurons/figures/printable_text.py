"""Text of corpora and labels, as a figure can show it."""

from __future__ import annotations

import re
import unicodedata

# What XML 1.0 has no place for, and what would begin a new line.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
ELLIPSIS = "…"


def printable(text: str) -> str:
    """The same text with a visible picture in the place of each control character.

    >>> printable("a\\tb\\x7f\\x85")
    'a␉b␡�'
    """
    return UNPRINTABLE.sub(_picture, text)


def shortened(text: str, letters: int) -> str:
    """At most so many letters; what is left out is in the middle, for names often differ at their ends.

    >>> shortened("probes/negation/mutual-information", 21)
    'probes/neg…nformation'
    """
    text = printable(text)
    if len(text) <= letters:
        return text
    kept = letters - 1
    return text[: kept - kept // 2] + ELLIPSIS + text[len(text) - kept // 2 :]


def runs_leftwards(text: str) -> bool:
    """Whether its first strong letter is of a script that is written from right to left."""
    for letter in text:
        if (direction := unicodedata.bidirectional(letter)) in ("L", "R", "AL"):
            return direction != "L"
    return False


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
