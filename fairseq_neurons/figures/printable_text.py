"""Make words and labels printable in figures."""

from __future__ import annotations

import re
import unicodedata

# Characters that XML 1.0 forbids, and line breaks.
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
ELLIPSIS = "…"


def printable(text: str) -> str:
    """Replace control characters by visible symbols.

    >>> printable("a\\tb\\x7f\\x85")
    'a␉b␡�'
    """
    return UNPRINTABLE.sub(_picture, text)


def shortened(text: str, length: int) -> str:
    """Shorten text to a number of characters by an ellipsis in the middle: names often differ at their ends.

    >>> shortened("probes/negation/mutual-information", 21)
    'probes/neg…nformation'
    """
    text = printable(text)
    if len(text) <= length:
        return text
    kept = length - 1
    return text[: kept - kept // 2] + ELLIPSIS + text[len(text) - kept // 2 :]


def runs_leftwards(text: str) -> bool:
    """Whether the first character with a strong direction belongs to a right-to-left script."""
    for character in text:
        if (direction := unicodedata.bidirectional(character)) in ("L", "R", "AL"):
            return direction != "L"
    return False


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
