"""How well single neurons tell the words of a label from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.neuron_columns import slabs_of

EVERY = slice(None)


@dataclass(frozen=True)
class Separation:
    """Every neuron as a detector of every label.

    Args:
        labels: L names, sorted.
        counts: int64 (L,), how many words have them.
        words: how many have any label, also one that is not among these.
        auc: float64 (L, D), the area under the neuron's ROC curve: the probability that it is higher at a word with the
            label than at another labelled word, equal values counting half. 0.5 tells nothing; 1 is higher, 0 lower at
            every word with the label.
    """

    labels: tuple[str, ...]
    counts: np.ndarray
    words: int
    auc: np.ndarray

    def best(self, neuron: int, count: int) -> list[tuple[str, float, int]]:
        """The labels that a neuron detects best, high or low: by descending abs(auc - 0.5), then by name.

        Of two labels that share all words, only the rarer is told: the other's area is 1 minus its own.

        Returns:
            At most ``count`` times a label, its area, and how many words have it.
        """
        areas = self.auc[:, neuron]
        order = np.argsort(-np.abs(areas - 0.5), kind="stable")
        if len(order) == 2 and self.counts.sum() == self.words:
            order = np.array([self.counts.argmin()])
        return [(self.labels[i], float(areas[i]), int(self.counts[i])) for i in order[:count].tolist()]


def separation(dump: Activations, labels: Sequence[str | None], least: int = 10, neurons: slice = EVERY) -> Separation:
    """The area under the ROC curve of every neuron and label, exact.

    From ranks r among the labelled words: (sum of r over a label's n words - n (n + 1) / 2) / (n (N - n)), which is
    Mann and Whitney's U over the number of pairs. The dump is read in slabs of neurons, in bounded memory.

    Args:
        dump: N words and D neurons.
        labels: one for every row of the dump; None where a word has none and takes no part.
        least: labels of fewer words are left out, and so is one that all but fewer words have: an area of so few is
            chance. Their words are among the others.
        neurons: consecutive ones, which the result then counts from 0; all by default.

    Raises:
        InputError: if there are not as many labels as words, or a value is not a finite number.
    """
    if len(labels) != len(dump):
        raise InputError(f"{dump.path} has {len(dump)} words, but there are {len(labels)} labels.")
    found = Counter(label for label in labels if label is not None)
    names = tuple(sorted(label for label, count in found.items() if least <= count <= found.total() - least))
    places = {label: i for i, label in enumerate(names)}
    rows = np.array([label is not None for label in labels], dtype=bool)
    y = np.array([places.get(label, len(names)) for label in labels if label is not None], dtype=np.int64)
    auc = np.empty((len(names), len(range(len(dump.neurons))[neurons])))
    for slab, columns in slabs_of(dump, neurons, rows) if names else ():
        auc[:, slab] = _areas(columns, y, len(names))
    return Separation(names, np.array([found[label] for label in names], dtype=np.int64), len(y), auc)


def _areas(columns: np.ndarray, y: np.ndarray, labels: int) -> np.ndarray:
    """float64 (labels, n), of the values of n neurons, (n, N); a word of no label that counts has y = ``labels``."""
    counts = np.bincount(y, minlength=labels)[:labels]
    # Sorting is all the work, and numpy lets other threads run meanwhile.
    with ThreadPoolExecutor() as pool:
        sums = np.stack(list(pool.map(lambda values: _rank_sums(values, y, labels), columns)), axis=1)
    smallest = counts * (counts + 1) / 2
    return (sums - smallest[:, None]) / (counts * (len(y) - counts))[:, None]


def _rank_sums(values: np.ndarray, y: np.ndarray, labels: int) -> np.ndarray:
    """The sum of every label's ranks among values, (N,), from 1; equal values have the mean of their ranks."""
    order = np.argsort(values)
    ordered = values[order]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(values) - 1)
    starts = np.append(0, ends[:-1] + 1)
    ranks = np.repeat((starts + ends) / 2 + 1, ends - starts + 1)
    return np.bincount(y[order], ranks, labels)[:labels]
