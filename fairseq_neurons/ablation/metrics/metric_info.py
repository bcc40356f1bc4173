"""What tables and figures say of a metric."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MetricInfo:
    """What a metric is called, and how its scores are read.

    Args:
        name: on the command line and on disk.
        axis: of figures, and in running text.
        title: of tables.
        higher_is_better: whether a good model has a high score.
        logarithmic: whether figures have a logarithmic axis.
        at_words: whether neurons are masked at chosen words alone, and the unablated model at none.
        phrase: how a single score is written, with ``{score}`` in its place.
    """

    name: str
    axis: str
    title: str
    higher_is_better: bool = True
    logarithmic: bool = False
    at_words: bool = False
    phrase: str = ""

    def written(self, score: float) -> str:
        """A score with the metric's name.

        >>> MetricInfo("bleu", "BLEU", "BLEU", phrase="{score} BLEU").written(20.0)
        '20.00 BLEU'
        """
        return (self.phrase or f"{self.axis} {{score}}").format(score=f"{score:.2f}")
