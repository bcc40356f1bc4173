"""Paired differences on the same words: whether the top neurons beat the bottom and random ones."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from fairseq_neurons.probing.result_parts import DifferenceRow
from fairseq_neurons.probing.study.confidence_intervals import Intervals, unpack
from fairseq_neurons.probing.study.measured_records import MeasuredRow


def differences(rows: Sequence[MeasuredRow], sentence: np.ndarray, intervals: Intervals) -> list[DifferenceRow]:
    """Compute top minus bottom and top minus every random subset, for every fraction and kind.

    Args:
        rows: of `measure_ablation`.
        sentence: int64 (N,), the sentence of each test word.
        intervals: settings of the confidence intervals.
    """
    words, found = len(sentence), []
    for top, other in _pairs(rows):
        difference = intervals.difference(unpack(top.correct, words), unpack(other.correct, words), sentence)
        between = f"top-{other.keep}"
        digest = hashlib.sha256(other.signature.encode()).hexdigest()[:8]
        signature = f"difference:{between}|other:{digest}|{top.signature}"
        ends = (difference.value, difference.low, difference.high)
        found.append(DifferenceRow(top.kind, top.fraction, between, other.seed, *ends, signature))
    return found


def _pairs(rows: Sequence[MeasuredRow]) -> Iterator[tuple[MeasuredRow, MeasuredRow]]:
    """Yield every other subset with the top one of its kind and size."""
    top = {(row.kind, row.fraction): row for row in rows if row.keep == "top"}
    for row in rows:
        if row.keep != "top":
            yield top[row.kind, row.fraction], row
