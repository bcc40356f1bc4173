"""Signatures of figures, composed from the signatures of their results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from fairseq_neurons import __version__


def signed(figure: str, signatures: Iterable[str], **settings: object) -> str:
    """Compose the signature of a figure from its kind, its settings and the signatures of its results.

    >>> signed("bars", ["a:1|b:1"], top=50)
    'figure:bars|top:50|a:1|b:1|drawn-by:0.1.0'

    Args:
        figure: kind of the figure.
        signatures: signatures of the results.
        settings: settings of the figure itself.
    """
    own = [f"{name}:{value}" for name, value in settings.items()]
    return "|".join([f"figure:{figure}", *own, *filter(None, [together(signatures)]), f"drawn-by:{__version__}"])


def together(signatures: Iterable[str]) -> str:
    """Merge signatures into the settings they have in common, their number, and a digest of all of them.

    >>> together(["a:1|b:1", "a:1|b:2", "a:1|b:2"])
    'a:1|results:2|digest:28b2a9f8'

    Args:
        signatures: signatures of the results, in any order; duplicates count once.
    """
    every = sorted(set(signatures))
    if len(every) < 2:
        return "".join(every)
    first, *others = (signature.split("|") for signature in every)
    common = [field for field in first if all(field in other for other in others)]
    digest = hashlib.sha256("\n".join(every).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "|".join([*common, f"results:{len(every)}", f"digest:{digest}"])
