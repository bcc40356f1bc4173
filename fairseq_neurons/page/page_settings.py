"""The options of ``fairseq-neurons-report`` and of `report`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class PageSettings:
    """The run to show, and the folder of its page.

    Args:
        run: folder of the run.
        out: folder of the page; an older report of that name is replaced as a whole.
        language: of the words, for built-in labelers.
        sentences: maximum number of sentences shown per dump, from its start; statistics are of all.
    """

    run: str
    out: str
    language: str = "en"
    sentences: int = 5000
