"""Encode labels as class indices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.label_options import LabelOptions

WordLabels = Sequence[str | None]
DEFAULTS = LabelOptions()


@dataclass(frozen=True)
class LabelledRows:
    """The labelled words of the training or test data.

    Args:
        rows: int64 (N,), their row numbers, ascending.
        y: int64 (N,), their label indices.
    """

    rows: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class EncodedLabels:
    """Label names and the label indices of the words.

    Args:
        labels: label index -> name, sorted; at least two.
        train: the training words, after balancing.
        test: the test words; None without test data.
        unseen: label -> number of test words that were dropped because no training word has this label.
    """

    labels: tuple[str, ...]
    train: LabelledRows
    test: LabelledRows | None = None
    unseen: Mapping[str, int] = field(default_factory=dict)


def encode(train: WordLabels, test: WordLabels | None = None, options: LabelOptions = DEFAULTS) -> EncodedLabels:
    """Encode labels as indices, after merging, filtering and balancing them.

    Frequencies are those of the training words. Only the training words are balanced.

    >>> encoded = encode(["NN", None, "VBD", "NNS"], ["VB", "NN"], LabelOptions(merge=["NN", "VB"]))
    >>> encoded.labels, encoded.train.rows, encoded.train.y, encoded.test.y
    (('NN', 'VB'), array([0, 2, 3]), array([0, 1, 0]), array([1, 0]))

    Args:
        train: label of each training word; None for an unlabelled word, which is dropped.
        test: the same for the test words.
        options: how labels are merged, filtered and balanced.

    Raises:
        InputError: if fewer than two labels remain, a label occurs in the test data only, or no test word remains.
    """
    names = {label: options.rename(label) for label in {*train, *(test or ())} if label is not None}
    counts = Counter(name for name in map(names.get, _present(train)) if name is not None)
    labels = options.keep(counts)
    _check_enough(labels, counts, train)
    numbers = {name: number for number, name in enumerate(labels)}
    index = {label: numbers[name] for label, name in names.items() if name in numbers}
    encoded = EncodedLabels(labels, _balanced(_labelled_rows(train, index), options))
    if test is None:
        return encoded
    unseen = Counter(name for name in map(names.get, _present(test)) if name is not None and name not in counts)
    # With most_frequent, the user has chosen to ignore rare labels, and a label of the test data only is one.
    if unseen and options.unseen == "error" and options.most_frequent is None:
        raise InputError(_unseen(unseen))
    return replace(encoded, test=_test_rows(test, index, labels), unseen=dict(unseen))


def _present(words: WordLabels) -> list[str]:
    return [label for label in words if label is not None]


def _labelled_rows(words: WordLabels, index: Mapping[str, int]) -> LabelledRows:
    y = np.array([-1 if label is None else index.get(label, -1) for label in words], dtype=np.int64)
    rows = np.flatnonzero(y >= 0).astype(np.int64)
    return LabelledRows(rows, y[rows])


def _test_rows(words: WordLabels, index: Mapping[str, int], labels: tuple[str, ...]) -> LabelledRows:
    found = _labelled_rows(words, index)
    if not len(found.rows):
        raise InputError(f"None of the {len(words)} test words has one of the {len(labels)} training labels.")
    return found


def _balanced(words: LabelledRows, options: LabelOptions) -> LabelledRows:
    """Keep at most the same number of random words of every label."""
    counts = np.bincount(words.y)
    most = counts.min() if options.balance == "downsample" else counts.max()
    most = min(most, options.per_label or most)
    shuffled = np.random.default_rng(options.seed).permutation(len(words.y))
    by_label = shuffled[np.argsort(words.y[shuffled], kind="stable")]
    first = np.cumsum(counts) - counts
    rank = np.arange(len(by_label)) - first[words.y[by_label]]
    chosen = np.sort(by_label[rank < most])
    return LabelledRows(words.rows[chosen], words.y[chosen])


def _check_enough(labels: tuple[str, ...], counts: Counter[str], train: WordLabels) -> None:
    dropped = "other words are unlabelled, or their label is ignored or too rare"
    if not labels:
        raise InputError(f"None of the {len(train)} training words has a usable label: {dropped}.")
    if len(labels) == 1:
        words = f"{counts[labels[0]]} of the {len(train)} training words"
        raise InputError(f"{labels[0]!r} is the only label ({words}; {dropped}). A probe needs at least two labels.")


def _unseen(unseen: Counter[str]) -> str:
    shown = ", ".join(f"{label!r} ({_words(count)})" for label, count in unseen.most_common(5))
    more = f" and {len(unseen) - 5} more" if len(unseen) > 5 else ""
    verb = "occurs" if len(unseen) == 1 else "occur"
    return (
        f"{shown}{more} {verb} in the test data but not in the training data: "
        "use merge= or ignore= for such labels, or drop their words with unseen=ignore."
    )


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count} words"
