"""What rankings of an experiment are called, in its folders and tables."""

from __future__ import annotations

from pathlib import PurePath

CROSS_MODEL = "cross-model"
# Rankings by one model alone, both ways (Figure 7).
SINGLE = {
    f"{method}{'-reversed' if reverse else ''}": (method, reverse)
    for method in ("variance", "mean-distance")
    for reverse in (False, True)
}
# A built-in labeler of the words' places, the paper's example of a property beyond taggers.
POSITION = "position"


def short_ranking(file: str) -> str:
    """What tables and figures call a ranking.

    >>> short_ranking("rankings/1/cross-model.json"), short_ranking("probes/1/pos/ranking.json")
    ('cross-model', 'pos')
    """
    path = PurePath(file)
    return path.parent.name if path.stem == "ranking" else path.stem
