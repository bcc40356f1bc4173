"""How well single neurons detect the words of a label: areas under ROC curves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.neuron_columns import slabs_of

ALL_NEURONS = slice(None)


@dataclass(frozen=True)
class Separation:
    """How well each neuron separates the words of each label from all other labelled words.

    Args:
        labels: L names, sorted.
        counts: int64 (L,), number of words of each label.
        words: number of labelled words, including those with other labels.
        auc: float64 (L, D), area under the ROC curve: the probability that the neuron is higher at a word with the
            label than at another labelled word, with ties counting half. 0.5 is chance. At 1 the neuron is higher, at 0
            lower, at every word with the label.
    """

    labels: tuple[str, ...]
    counts: np.ndarray
    words: int
    auc: np.ndarray

    def best(self, neuron: int, count: int) -> list[tuple[str, float, int]]:
        """The labels that a neuron detects best, by descending abs(auc - 0.5), then by name.

        If two labels cover all words, only the rarer one is returned: the area of the other is 1 minus its area.

        Returns:
            At most ``count`` tuples of a label, its area, and its number of words.
        """
        areas = self.auc[:, neuron]
        order = np.argsort(-np.abs(areas - 0.5), kind="stable")
        if len(order) == 2 and self.counts.sum() == self.words:
            order = np.array([self.counts.argmin()])
        return [(self.labels[i], float(areas[i]), int(self.counts[i])) for i in order[:count].tolist()]


def separation(
    dump: Activations, labels: Sequence[str | None], least: int = 10, neurons: slice = ALL_NEURONS
) -> Separation:
    """Compute the exact area under the ROC curve of every neuron and label.

    The area is the Mann-Whitney U statistic over the number of pairs: (sum of the ranks of a label's n words -
    n (n + 1) / 2) / (n (N - n)), with ranks among the N labelled words. The dump is read in slabs of neurons, in
    bounded memory.

    Args:
        dump: dump of N words and D neurons.
        labels: label of each row of the dump; None for unlabelled words, which are ignored.
        least: skip labels with fewer words, or with fewer words outside the label, whose areas are unreliable. Their
            words still count as words of other labels.
        neurons: consecutive neurons, numbered from 0 in the result; all by default.

    Raises:
        InputError: if the number of labels differs from that of words, or a value is not finite.
    """
    if len(labels) != len(dump):
        raise InputError(f"{dump.path} has {len(dump)} words, but there are {len(labels)} labels.")
    found = Counter(label for label in labels if label is not None)
    names = tuple(sorted(label for label, count in found.items() if least <= count <= found.total() - least))
    indices = {label: i for i, label in enumerate(names)}
    rows = np.array([label is not None for label in labels], dtype=bool)
    y = np.array([indices.get(label, len(names)) for label in labels if label is not None], dtype=np.int64)
    auc = np.empty((len(names), len(range(len(dump.neurons))[neurons])))
    for slab, columns in slabs_of(dump, neurons, rows) if names else ():
        auc[:, slab] = _areas(columns, y, len(names))
    return Separation(names, np.array([found[label] for label in names], dtype=np.int64), len(y), auc)


def _areas(columns: np.ndarray, y: np.ndarray, labels: int) -> np.ndarray:
    """Areas of n neurons, float64 (labels, n), from their values, (n, N); words of skipped labels: y = ``labels``."""
    counts = np.bincount(y, minlength=labels)[:labels]
    # Sorting dominates, and numpy releases the GIL while it sorts.
    with ThreadPoolExecutor() as pool:
        sums = np.stack(list(pool.map(lambda values: _rank_sums(values, y, labels), columns)), axis=1)
    smallest = counts * (counts + 1) / 2
    return (sums - smallest[:, None]) / (counts * (len(y) - counts))[:, None]


def _rank_sums(values: np.ndarray, y: np.ndarray, labels: int) -> np.ndarray:
    """The sum of the ranks of each label among values, (N,); ranks start at 1, and ties have their mean rank."""
    order = np.argsort(values)
    ordered = values[order]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(values) - 1)
    starts = np.append(0, ends[:-1] + 1)
    ranks = np.repeat((starts + ends) / 2 + 1, ends - starts + 1)
    return np.bincount(y[order], ranks, labels)[:labels]
