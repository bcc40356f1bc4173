"""The index of the page's search: the neurons that a word describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fairseq_neurons.page.data_scripts import short
from fairseq_neurons.statistics.word_types import TopWord, WordStatistics

TOP = 10
# Number of neurons that vary most with a word, also listed if it is not among their top words.
HITS = 20
LEAST = 2
SLAB = 512


@dataclass(frozen=True)
class TopWords:
    """The top words of one neuron.

    Args:
        share: words that explain most of its variance.
        highest: words with the highest means.
        lowest: words with the lowest means.
    """

    share: list[TopWord]
    highest: list[TopWord]
    lowest: list[TopWord]

    @classmethod
    def of(cls, statistics: WordStatistics, neuron: int) -> TopWords:
        """`TOP` words each."""
        return cls(
            statistics.by_share(neuron, TOP),
            statistics.by_mean(neuron, TOP, LEAST),
            statistics.by_mean(neuron, TOP, LEAST, lowest=True),
        )

    @property
    def words(self) -> set[str]:
        """All top words."""
        return {top.word for top in (*self.share, *self.highest, *self.lowest)}

    def content(self) -> dict[str, list[list[Any]]]:
        """Word, count, mean and share of each."""
        return {
            name: [[top.word, top.count, short(top.mean), short(top.share)] for top in tops]
            for name, tops in vars(self).items()
        }


def word_index(statistics: WordStatistics, tops: list[TopWords]) -> dict[str, Any]:
    """List for every word the neurons with this top word, and those whose variance it explains best.

    Args:
        statistics: word statistics of a dump, W words and D neurons.
        tops: the top words of every neuron, (D,).

    Returns:
        ``words``, their ``counts``, and ``hits``: for each word a flat list of neuron, signed share of the neuron's
        variance, and 1 if the word is one of its top words, otherwise 0, by descending absolute share.
    """
    holders: dict[str, set[int]] = {}
    for neuron, top in enumerate(tops):
        for word in top.words:
            holders.setdefault(word, set()).add(neuron)
    frequent = np.flatnonzero((statistics.counts >= LEAST) | np.isin(statistics.words, list(holders)))
    return {
        "words": [statistics.words[w] for w in frequent.tolist()],
        "counts": statistics.counts[frequent].tolist(),
        "hits": [
            _hits(shares, holders.get(statistics.words[w], set()))
            for start in range(0, len(frequent), SLAB)
            for w, shares in zip(
                frequent[start : start + SLAB].tolist(),
                _shares(statistics, frequent[start : start + SLAB]),
                strict=True,
            )
        ],
    }


def _hits(shares: np.ndarray, holders: set[int]) -> list[float]:
    largest = np.argpartition(-np.abs(shares), min(HITS, len(shares)) - 1)[:HITS].tolist()
    chosen = np.array(sorted({*holders, *(neuron for neuron in largest if shares[neuron])}), dtype=np.int64)
    order = chosen[np.argsort(-np.abs(shares[chosen]), kind="stable")]
    return [part for d in order.tolist() for part in (d, short(shares[d]), int(d in holders))]


def _shares(statistics: WordStatistics, words: np.ndarray) -> np.ndarray:
    """`WordStatistics.shares` of some words, signed by the side of the mean, float64 (n, D)."""
    distances = statistics.means[words] - statistics.mean
    total = statistics.counts.sum() * statistics.variance
    squares = np.copysign(statistics.counts[words, None] * distances**2, distances)
    return np.divide(squares, total, out=np.zeros_like(squares), where=total > 0)
