"""Which labels take part, and under what name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fairseq_neurons.errors import InputError


@dataclass(frozen=True)
class LabelOptions:
    """What is done to labels before a probe sees them, in this order.

    Args:
        merge: prefixes; a label that starts with one becomes it, the longest if there are several: ``NN``, ``VB``.
        ignore: labels that are left out, by the name they have after merging: ``_``, ``-``.
        min_count: labels that fewer training words have are left out.
        most_frequent: only so many are kept, those that most training words have (the first in the alphabet of equals).
        unseen: a label of the test words that no training word has is an ``error``; with ``ignore`` its words are left
            out and counted, and so they are if ``most_frequent`` is given.
        balance: with ``downsample`` every label keeps as many training words as the rarest has.
        per_label: every label keeps at most so many training words.
        seed: which words balancing keeps.

    Raises:
        InputError: if an option has no such value.
    """

    merge: Sequence[str] = ()
    ignore: Sequence[str] = ()
    min_count: int = 0
    most_frequent: int | None = None
    unseen: str = "error"
    balance: str = "none"
    per_label: int | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        for name, allowed in {"unseen": ("error", "ignore"), "balance": ("none", "downsample")}.items():
            if getattr(self, name) not in allowed:
                raise InputError(f"{name} is {' or '.join(allowed)}, not {getattr(self, name)!r}.")
        for name, least in {"min_count": 0, "most_frequent": 2, "per_label": 1}.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise InputError(f"{name} is at least {least}, not {value}.")
        for name in ("merge", "ignore"):
            if isinstance(getattr(self, name), str) or "" in getattr(self, name):
                raise InputError(f"{name} is a list of labels, none of them empty, not {getattr(self, name)!r}.")

    def rename(self, label: str) -> str | None:
        """The name under which a label takes part; None if it is ignored."""
        prefixes = [prefix for prefix in self.merge if label.startswith(prefix)]
        name = max(prefixes, key=len, default=label)
        return None if name in self.ignore else name

    def keep(self, counts: Counter[str]) -> tuple[str, ...]:
        """The labels that are frequent enough, sorted.

        Args:
            counts: how many training words have each, under its new name.
        """
        frequent = sorted((label for label in counts if counts[label] >= self.min_count), key=lambda x: (-counts[x], x))
        return tuple(sorted(frequent[: self.most_frequent]))
