"""Labels become numbers."""

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
class Part:
    """The words of the training or of the test data that take part.

    Args:
        rows: int64 (N,), ascending: which words they are.
        y: int64 (N,): the indices of their labels.
    """

    rows: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class EncodedLabels:
    """Labels, numbered.

    Args:
        labels: label index -> name, sorted; at least two.
        train: the training words, after balancing.
        test: the test words; None if none were given.
        unseen: label -> number of test words that were left out since no training word has it.
    """

    labels: tuple[str, ...]
    train: Part
    test: Part | None = None
    unseen: Mapping[str, int] = field(default_factory=dict)


def encode(train: WordLabels, test: WordLabels | None = None, options: LabelOptions = DEFAULTS) -> EncodedLabels:
    """Number the labels that take part. Counts are those of the training words, and only these are balanced.

    >>> encoded = encode(["NN", None, "VBD", "NNS"], ["VB", "NN"], LabelOptions(merge=["NN", "VB"]))
    >>> encoded.labels, encoded.train.rows, encoded.train.y, encoded.test.y
    (('NN', 'VB'), array([0, 2, 3]), array([0, 1, 0]), array([1, 0]))

    Args:
        train: a label for each training word; None leaves the word out.
        test: the same for the test words.
        options: what is merged, left out and balanced.

    Raises:
        InputError: if fewer than two labels are left, if test words have a label that no training word has, or if no
            test word is left.
    """
    names = {label: options.rename(label) for label in {*train, *(test or ())} if label is not None}
    counts = Counter(name for name in map(names.get, _present(train)) if name is not None)
    labels = options.keep(counts)
    _check_enough(labels, counts, train)
    numbers = {name: number for number, name in enumerate(labels)}
    index = {label: numbers[name] for label, name in names.items() if name in numbers}
    encoded = EncodedLabels(labels, _balanced(_part(train, index), options))
    if test is None:
        return encoded
    unseen = Counter(name for name in map(names.get, _present(test)) if name is not None and name not in counts)
    # Who keeps the most frequent labels only has said that the others do not matter.
    if unseen and options.unseen == "error" and options.most_frequent is None:
        raise InputError(_unseen(unseen))
    return replace(encoded, test=_test_part(test, index, labels), unseen=dict(unseen))


def _present(words: WordLabels) -> list[str]:
    return [label for label in words if label is not None]


def _part(words: WordLabels, index: Mapping[str, int]) -> Part:
    y = np.array([-1 if label is None else index.get(label, -1) for label in words], dtype=np.int64)
    rows = np.flatnonzero(y >= 0).astype(np.int64)
    return Part(rows, y[rows])


def _test_part(words: WordLabels, index: Mapping[str, int], labels: tuple[str, ...]) -> Part:
    part = _part(words, index)
    if not len(part.rows):
        raise InputError(f"No test word, of {len(words)}, has one of the {len(labels)} labels of the training data.")
    return part


def _balanced(part: Part, options: LabelOptions) -> Part:
    counts = np.bincount(part.y)
    most = counts.min() if options.balance == "downsample" else counts.max()
    most = min(most, options.per_label or most)
    shuffled = np.random.default_rng(options.seed).permutation(len(part.y))
    by_label = shuffled[np.argsort(part.y[shuffled], kind="stable")]
    first = np.cumsum(counts) - counts
    rank = np.arange(len(by_label)) - first[part.y[by_label]]
    chosen = np.sort(by_label[rank < most])
    return Part(part.rows[chosen], part.y[chosen])


def _check_enough(labels: tuple[str, ...], counts: Counter[str], train: WordLabels) -> None:
    left_out = "the others have none, or one that is ignored, too rare or not frequent enough"
    if not labels:
        raise InputError(f"None of the {len(train)} training words has a label that takes part: {left_out}.")
    if len(labels) == 1:
        words = f"{counts[labels[0]]} of the {len(train)} training words"
        raise InputError(f"{labels[0]!r} is the only label ({words}: {left_out}); a probe tells at least two apart.")


def _unseen(unseen: Counter[str]) -> str:
    shown = ", ".join(f"{label!r} ({_words(count)})" for label, count in unseen.most_common(5))
    more = f" and {len(unseen) - 5} more" if len(unseen) > 5 else ""
    verb = "occurs" if len(unseen) == 1 else "occur"
    return (
        f"{shown}{more} {verb} in the test data, but never in the training data: "
        "merge such labels, ignore them by name, or leave their words out with unseen=ignore."
    )


def _words(count: int) -> str:
    return "1 word" if count == 1 else f"{count} words"
