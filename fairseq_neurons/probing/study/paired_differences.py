"""Whether the top neurons beat the bottom and random ones: paired differences of accuracies on the same words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

from fairseq_neurons.probing.study.confidence_intervals import Intervals, unpack
from fairseq_neurons.storage.results_log import Entry

# Which words were told right: the ledger keeps it, results.json does not need it.
CORRECT = "correct"


def shown(entry: Entry) -> Entry:
    """An entry of the ledger as results have it."""
    return {name: value for name, value in entry.items() if name != CORRECT}


def differences(entries: Sequence[Entry], sentence: np.ndarray, intervals: Intervals) -> list[Entry]:
    """Top minus bottom and top minus every random subset, for every fraction and kind.

    Args:
        entries: of :meth:`LinguisticAnalysis.ablation`.
        sentence: int64 (N,), which sentence each test word is of.
        intervals: how sure they are.
    """
    words = len(sentence)
    found = []
    for top, other in _pairs(entries):
        right, wrong = unpack(top[CORRECT], words), unpack(other[CORRECT], words)
        between = f"top-{other['keep']}"
        digest = hashlib.sha256(other["signature"].encode()).hexdigest()[:8]
        found.append(
            {
                **{"kind": top["kind"], "fraction": top["fraction"], "between": between, "seed": other["seed"]},
                **intervals.difference(right, wrong, sentence),
                "signature": f"difference:{between}|other:{digest}|{top['signature']}",
            }
        )
    return found


def _pairs(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Every other subset with the top one of its kind and size."""
    top = {(entry["kind"], entry["fraction"]): entry for entry in entries if entry["keep"] == "top"}
    for entry in entries:
        if entry["keep"] != "top":
            yield top[entry["kind"], entry["fraction"]], entry
