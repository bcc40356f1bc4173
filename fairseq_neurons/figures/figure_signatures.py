"""Signatures of figures, put together from those of the results in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from fairseq_neurons import __version__


def signed(figure: str, signatures: Iterable[str], **settings: object) -> str:
    """What made a figure: its kind, its own settings, and what made its results.

    >>> signed("bars", ["a:1|b:1"], top=50)
    'figure:bars|top:50|a:1|b:1|drawn-by:0.1.0'

    Args:
        figure: its kind.
        signatures: of the results.
        settings: of the figure itself.
    """
    own = [f"{name}:{value}" for name, value in settings.items()]
    return "|".join([f"figure:{figure}", *own, *filter(None, [together(signatures)]), f"drawn-by:{__version__}"])


def together(signatures: Iterable[str]) -> str:
    """The settings that all results have in common, in their order, with a digest of all of them.

    >>> together(["a:1|b:1", "a:1|b:2", "a:1|b:2"])
    'a:1|results:2|digest:28b2a9f8'

    Args:
        signatures: of the results, in any order; repeats count once.
    """
    every = sorted(set(signatures))
    if len(every) < 2:
        return "".join(every)
    first, *others = (signature.split("|") for signature in every)
    common = [field for field in first if all(field in other for other in others)]
    digest = hashlib.sha256("\n".join(every).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "|".join([*common, f"results:{len(every)}", f"digest:{digest}"])
