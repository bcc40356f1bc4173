"""What rankings of an experiment are called, in its folders and tables."""

from __future__ import annotations

CROSS_MODEL = "cross-model"
# Rankings by one model alone, both ways (Figure 7).
SINGLE = {
    f"{method}{'-reversed' if reverse else ''}": (method, reverse)
    for method in ("variance", "mean-distance")
    for reverse in (False, True)
}
# A built-in labeler of the words' places, the paper's example of a property beyond taggers.
POSITION = "position"
