"""The options of ``fairseq-neurons-overlap`` and of `overlap`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class OverlapSettings:
    """Which rankings are compared, and how far down.

    Args:
        rankings: at least two files, all of one model's neurons.
        top: how many of the first neurons are compared.
        out: a JSON file for the numbers; by default none is written.
    """

    rankings: list[str]
    top: int = 50
    out: str | None = None
