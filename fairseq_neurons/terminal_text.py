"""Text from files on a terminal: the one way out for labels, names and paths, without control sequences."""

from __future__ import annotations

import logging
import unicodedata

# Control and format characters (writing direction, invisible marks), surrogates, line and paragraph separators.
HARMFUL = ("Cc", "Cf", "Cs", "Zl", "Zp")
# Format characters that are part of the spelling of Persian and Indian words, and of emoji.
JOINERS = "\u200c\u200d"


def shown(text: str) -> str:
    r"""Escape characters of a text that could control a terminal or reorder its line.

    >>> shown("caf\u00e9"), shown("\x1b[31mred"), shown("\u202eright")
    ('café', '\\x1b[31mred', '\\u202eright')
    """
    return text if text.isprintable() else "".join(_escaped(c) if _is_harmful(c) else c for c in text)


def shown_lines(text: str) -> str:
    """The same for a text of several lines; line feeds and tabs stay."""
    return "\n".join("\t".join(map(shown, line.split("\t"))) for line in text.split("\n"))


class ShownFormatter(logging.Formatter):
    """Formats log messages, which may quote anything, for the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return shown_lines(super().format(record))


def _is_harmful(c: str) -> bool:
    return unicodedata.category(c) in HARMFUL and c not in JOINERS


def _escaped(c: str) -> str:
    return c.encode("unicode_escape").decode("ascii")
