"""The word types that describe a neuron (Dalvi et al. 2019, Table 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.finite_values import not_finite
from fairseq_neurons.errors import InputError

ALL_NEURONS = slice(None)


@dataclass(frozen=True)
class TopWord:
    """A word type that describes a neuron.

    Args:
        word: spelling in the dump.
        count: number of occurrences.
        mean: mean value of the neuron at this word.
        share: share of the neuron's variance that the word explains; negative if ``mean`` is below the overall mean.
    """

    word: str
    count: int
    mean: float
    share: float


@dataclass(frozen=True)
class WordStatistics:
    """The means of all neurons at all word types.

    The paper shows "the top words that activate a given neuron" (Table 3) and does not define their order. Two orders
    are offered. :meth:`by_mean` is the literal one: the words at which the neuron is highest. It ignores frequency, so
    a name that occurs twice may precede an article. :meth:`by_share` shows which words explain the neuron's variance;
    it weights the distance from the mean by frequency.

    Args:
        words: W word types by descending frequency; ties in the order of the text.
        counts: int64 (W,), numbers of occurrences.
        means: float64 (W, D), means of the neurons at each word.
        mean: float64 (D,), means over all words.
        variance: float64 (D,), variances over all words.
    """

    words: tuple[str, ...]
    counts: np.ndarray
    means: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    def shares(self, neuron: int) -> np.ndarray:
        """The share of a neuron's variance that each word explains, float64 (W,); 0 for constant neurons.

        For word w with count n_w and mean m_w, the share is n_w (m_w - m)^2 / (N s^2), where m and s^2 are mean and
        variance over all N words: its part of the between-group sum of squares in an analysis of variance.
        """
        distances = self.means[:, neuron] - self.mean[neuron]
        total = self.counts.sum() * self.variance[neuron]
        return self.counts * distances**2 / total if total else np.zeros(len(self.words))

    def by_mean(self, neuron: int, count: int = 10, least: int = 2, lowest: bool = False) -> list[TopWord]:
        """The words with the highest means of a neuron, by descending mean; ties by frequency.

        Args:
            neuron: index of the neuron.
            count: maximum number of words.
            least: minimum number of occurrences of a word.
            lowest: return the words with the lowest means instead, by ascending mean.
        """
        frequent = np.flatnonzero(self.counts >= least)
        means = self.means[frequent, neuron]
        return self._top_words(neuron, frequent[np.argsort(means if lowest else -means, kind="stable")[:count]])

    def by_share(self, neuron: int, count: int = 10) -> list[TopWord]:
        """The words that explain most of a neuron's variance, without those that explain nothing; ties by frequency.

        Args:
            neuron: index of the neuron.
            count: maximum number of words.
        """
        shares = self.shares(neuron)
        order = np.argsort(-shares, kind="stable")[:count]
        return self._top_words(neuron, order[shares[order] > 0])

    def identity(self) -> np.ndarray:
        """The share of each neuron's variance that word identity explains, 0 to 1, float64 (D,); 0 if constant.

        This is eta squared of an analysis of variance, the sum of :meth:`shares`. Words that occur once are explained
        completely; compare with :attr:`by_chance`.
        """
        between = np.einsum("w,wd->d", self.counts, (self.means - self.mean) ** 2)
        total = self.counts.sum() * self.variance
        return np.divide(between, total, out=np.zeros_like(total), where=total > 0)

    @property
    def by_chance(self) -> float:
        """The expected value of :meth:`identity` if words were assigned at random: (W - 1) / (N - 1)."""
        return (len(self.words) - 1) / max(1, int(self.counts.sum()) - 1)

    def _top_words(self, neuron: int, order: np.ndarray) -> list[TopWord]:
        means = self.means[:, neuron]
        shares = np.copysign(self.shares(neuron), means - self.mean[neuron])
        return [TopWord(self.words[w], int(self.counts[w]), float(means[w]), float(shares[w])) for w in order.tolist()]


def word_statistics(dump: Activations, neurons: slice = ALL_NEURONS) -> WordStatistics:
    """Compute the statistics of a dump in a single pass, over all its words, including ``</s>`` if it has rows.

    Sums are float64 and relative to the first word, which avoids cancellation.

    Args:
        dump: dump of N words.
        neurons: consecutive neurons, numbered from 0 in the result; all by default.

    Raises:
        InputError: if the dump has no words, or a value is not finite.
    """
    if not len(dump):
        raise InputError(f"{dump.path} has no words: its neurons have no statistics.")
    words, types = _types(dump)
    counts = np.bincount(types)
    shift = dump.values[0, neurons]
    sums, squares = np.zeros((len(words), len(shift))), np.zeros(len(shift))
    start = 0
    for block in dump.blocks():
        # Values that are not finite are detected at the end.
        with np.errstate(invalid="ignore"):
            values = block[:, neurons].astype(np.float64) - shift
        _add_by_type(sums, values, types[start : start + len(block)])
        squares += np.einsum("nd,nd->d", values, values)
        start += len(block)
    if not np.isfinite(squares.sum()):
        raise not_finite(dump)
    mean = sums.sum(axis=0) / len(dump)
    variance = np.maximum(squares / len(dump) - mean**2, 0)
    return WordStatistics(words, counts, sums / counts[:, None] + shift, mean + shift, variance)


def _types(dump: Activations) -> tuple[tuple[str, ...], np.ndarray]:
    """The word types, and the index of the type of each row, int64 (N,)."""
    seen: dict[str, int] = {}
    rows = [seen.setdefault(word, len(seen)) for sentence in dump.stream_sentences() for word in sentence]
    found = np.array(rows, dtype=np.int64)
    order = np.argsort(-np.bincount(found), kind="stable")
    words = tuple(seen)
    return tuple(words[first] for first in order.tolist()), np.argsort(order)[found]


def _add_by_type(sums: np.ndarray, values: np.ndarray, types: np.ndarray) -> None:
    """Add values, (n, D), to the sums of their types, (W, D)."""
    present, groups = np.unique(types, return_inverse=True)
    rows = np.arange(len(types))
    sums[present] += csr_matrix((np.ones(len(rows)), (groups, rows)), (len(present), len(rows))) @ values
