"""The names of an experiment's rankings in its folders and tables."""

from __future__ import annotations

from pathlib import PurePath

CROSS_MODEL = "cross-model"
# Rankings by one model alone, highest and lowest first (Figure 7).
SINGLE = {
    f"{method}{'-reversed' if reverse else ''}": (method, reverse)
    for method in ("variance", "mean-distance")
    for reverse in (False, True)
}
# A built-in labeler of the words' positions: the paper's example of a property that no tagger has.
POSITION = "position"


def short_ranking(file: str) -> str:
    """The name of a ranking in tables and figures.

    >>> short_ranking("rankings/1/cross-model.json"), short_ranking("probes/1/pos/ranking.json")
    ('cross-model', 'pos')
    """
    path = PurePath(file)
    return path.parent.name if path.stem == "ranking" else path.stem
