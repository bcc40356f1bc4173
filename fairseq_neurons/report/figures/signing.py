"""Signatures of figures, put together from those of the results in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from fairseq_neurons import __version__


def signed(figure: str, signatures: Iterable[str], **settings: object) -> str:
    """What made a figure: its kind, its own settings, what all its results have in common, and a digest of all of them.

    >>> signed("bars", ["a:1|b:1", "a:1|b:2"], top=50)[:47]
    'figure:bars|top:50|a:1|results:2|digest:47e9b4a'

    Args:
        figure: its kind.
        signatures: of the results, in any order; repeats count once.
        settings: of the figure itself.
    """
    every = sorted(set(signatures))
    fields = [signature.split("|") for signature in every]
    common = [field for field in fields[0] if all(field in other for other in fields[1:])] if fields else []
    digest = hashlib.sha256("\n".join(every).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    own = [f"{name}:{value}" for name, value in settings.items()]
    several = [f"results:{len(every)}", f"digest:{digest}"] if len(every) > 1 else []
    return "|".join([f"figure:{figure}", *own, *common, *several, f"drawn-by:{__version__}"])
