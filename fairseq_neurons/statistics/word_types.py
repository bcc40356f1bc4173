"""The words that a neuron stands for: what it does at every word type (Dalvi et al. 2019, Table 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError

EVERY = slice(None)


@dataclass(frozen=True)
class TopWord:
    """A word type and what a neuron does at it.

    Args:
        word: as it is spelled in the dump.
        count: how often it occurs.
        mean: of the neuron's values at it.
        share: of the neuron's variance that the word accounts for; negative if its mean lies below that of all words.
    """

    word: str
    count: int
    mean: float
    share: float


@dataclass(frozen=True)
class WordStatistics:
    """What every neuron does at every word type.

    The paper shows "the top words that activate a given neuron" (Table 3), a ranked list without a formula. Two orders
    can be meant. :meth:`by_mean` is the plain reading: words at which the neuron is highest, however rare they are. It
    is blind to frequency: a name that occurs twice comes before an article. :meth:`by_share` asks which words make the
    neuron vary as it does, so that a word counts with how far away and with how often it is.

    Args:
        words: W word types, the most frequent first, equally frequent ones as they first occur.
        counts: int64 (W,), how often they occur.
        means: float64 (W, D), of the neurons at them.
        mean: float64 (D,), over all words.
        variance: float64 (D,), over all words.
    """

    words: tuple[str, ...]
    counts: np.ndarray
    means: np.ndarray
    mean: np.ndarray
    variance: np.ndarray

    def shares(self, neuron: int) -> np.ndarray:
        """The share of a neuron's variance that every word accounts for, float64 (W,).

        For word w it is n_w (m_w - m)^2 / (N s^2), of its count, its mean, and the mean and variance of all N words:
        its part of the sum of squares between groups in an analysis of variance. 0 if the neuron is constant.
        """
        distances = self.means[:, neuron] - self.mean[neuron]
        total = self.counts.sum() * self.variance[neuron]
        return self.counts * distances**2 / total if total else np.zeros(len(self.words))

    def by_mean(self, neuron: int, count: int = 10, least: int = 2, lowest: bool = False) -> list[TopWord]:
        """The words at which a neuron is highest on average, the highest first, equal ones by frequency.

        Args:
            neuron: its index.
            count: how many at most.
            least: how often a word occurs at least.
            lowest: those at which it is lowest instead, the lowest first.
        """
        frequent = np.flatnonzero(self.counts >= least)
        means = self.means[frequent, neuron]
        return self._told(neuron, frequent[np.argsort(means if lowest else -means, kind="stable")[:count]])

    def by_share(self, neuron: int, count: int = 10) -> list[TopWord]:
        """The words that account for most of a neuron's variance, equal ones by frequency; none that has no share.

        Args:
            neuron: its index.
            count: how many at most.
        """
        shares = self.shares(neuron)
        order = np.argsort(-shares, kind="stable")[:count]
        return self._told(neuron, order[shares[order] > 0])

    def identity(self) -> np.ndarray:
        """How much of every neuron's variance the word types explain, 0 to 1, float64 (D,); 0 for constant neurons.

        It is the sum of :meth:`shares`, eta squared of an analysis of variance. A word that occurs once explains itself
        wholly: see :attr:`by_chance`.
        """
        between = np.einsum("w,wd->d", self.counts, (self.means - self.mean) ** 2)
        total = self.counts.sum() * self.variance
        return np.divide(between, total, out=np.zeros_like(total), where=total > 0)

    @property
    def by_chance(self) -> float:
        """What :meth:`identity` would be on average if words were given to values by lot: (W - 1) / (N - 1)."""
        return (len(self.words) - 1) / max(1, int(self.counts.sum()) - 1)

    def _told(self, neuron: int, order: np.ndarray) -> list[TopWord]:
        means = self.means[:, neuron]
        shares = np.copysign(self.shares(neuron), means - self.mean[neuron])
        return [TopWord(self.words[w], int(self.counts[w]), float(means[w]), float(shares[w])) for w in order.tolist()]


def word_statistics(dump: Activations, neurons: slice = EVERY) -> WordStatistics:
    """Read a dump once, in blocks; every word takes part, ``</s>`` included where it has rows.

    Sums are float64 and about the first word's values, so that an offset costs no digits.

    Args:
        dump: N words.
        neurons: consecutive ones, which the result then counts from 0; all by default.

    Raises:
        InputError: if a value is not a finite number.
    """
    words, types = _types(dump)
    counts = np.bincount(types)
    shift = dump.values[0, neurons]
    sums, squares = np.zeros((len(words), len(shift))), np.zeros(len(shift))
    start = 0
    for block in dump.blocks():
        # A value that is no number shows in the end.
        with np.errstate(invalid="ignore"):
            values = block[:, neurons].astype(np.float64) - shift
        _add_by_type(sums, values, types[start : start + len(block)])
        squares += np.einsum("nd,nd->d", values, values)
        start += len(block)
    if not np.isfinite(squares.sum()):
        raise InputError(f"{dump.path} holds values that are not finite numbers.")
    mean = sums.sum(axis=0) / len(dump)
    variance = np.maximum(squares / len(dump) - mean**2, 0)
    return WordStatistics(words, counts, sums / counts[:, None] + shift, mean + shift, variance)


def _types(dump: Activations) -> tuple[tuple[str, ...], np.ndarray]:
    """The word types, and which of them stands in every row, int64 (N,)."""
    seen: dict[str, int] = {}
    rows = [seen.setdefault(word, len(seen)) for sentence in dump.stream_sentences() for word in sentence]
    found = np.array(rows, dtype=np.int64)
    order = np.argsort(-np.bincount(found), kind="stable")
    words = tuple(seen)
    return tuple(words[first] for first in order.tolist()), np.argsort(order)[found]


def _add_by_type(sums: np.ndarray, values: np.ndarray, types: np.ndarray) -> None:
    """Add values, (n, D), to the sums of the types, (W, D), that stand in these rows."""
    present, places = np.unique(types, return_inverse=True)
    rows = np.arange(len(types))
    sums[present] += csr_matrix((np.ones(len(rows)), (places, rows)), (len(present), len(rows))) @ values
