"""CoNLL-U text for tests."""

from __future__ import annotations

from pathlib import Path

import pytest


def word(
    number: str, form: str, upos: str = "_", xpos: str = "_", feats: str = "_", lemma: str = "_", head: str = "_"
) -> str:
    """A line."""
    return "\t".join([number, form, lemma, upos, xpos, feats, head, "dep", "_", "SpaceAfter=No"])


def text_of(*sentences: list[str]) -> str:
    """A file: each sentence with a comment before it and a blank line after it."""
    return "".join("# text = here\n" + "\n".join(lines) + "\n\n" for lines in sentences)


def in_file(folders: pytest.TempPathFactory, text: str, name: str) -> Path:
    """A file with this text, in a folder of its own."""
    path = folders.mktemp("labels") / name
    path.write_text(text, encoding="utf-8", newline="")
    return path
