"""The options of ``fairseq-neurons-overlap`` and of `overlap`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class OverlapSettings:
    """The rankings to compare, and how many of their first neurons.

    Args:
        rankings: at least two files, all of the same model.
        top: number of first neurons compared.
        out: a JSON file for the numbers, which must not exist; by default none is written.
    """

    rankings: list[str]
    top: int = 50
    out: str | None = None
