"""Options that merge, filter and balance labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from fairseq_neurons.errors import InputError
from fairseq_neurons.options import Seeded


@dataclass
class LabelOptions(Seeded):
    """How labels are prepared for a probe. The options apply in this order.

    Args:
        merge: prefixes, such as ``NN`` and ``VB``; a label that starts with a prefix is renamed to the longest such
            prefix.
        ignore: labels to drop, by their name after merging, such as ``_`` and ``-``.
        min_count: drop labels with fewer training words.
        most_frequent: keep only this number of labels, those with most training words; ties are resolved
            alphabetically.
        unseen: ``error`` refuses labels that occur in the test data only; ``ignore`` drops and counts their words.
            With ``most_frequent``, they are always dropped and counted.
        balance: ``downsample`` reduces every label to as many training words as the rarest label has.
        per_label: maximum number of training words per label.
        seed: of the random choice of words in balancing.

    Raises:
        InputError: if an option has an invalid value.
    """

    merge: list[str] = field(default_factory=list)
    ignore: list[str] = field(default_factory=list)
    min_count: int = 0
    most_frequent: int | None = None
    unseen: str = "error"
    balance: str = "none"
    per_label: int | None = None

    def __post_init__(self) -> None:
        for name, allowed in {"unseen": ("error", "ignore"), "balance": ("none", "downsample")}.items():
            if getattr(self, name) not in allowed:
                raise InputError(f"{name} must be {' or '.join(allowed)}, not {getattr(self, name)!r}.")
        for name, least in {"min_count": 0, "most_frequent": 2, "per_label": 1}.items():
            value = getattr(self, name)
            if value is not None and value < least:
                raise InputError(f"{name} must be at least {least}, not {value}.")
        for name in ("merge", "ignore"):
            given = getattr(self, name)
            if isinstance(given, str) or not all(isinstance(label, str) and label for label in given):
                raise InputError(f"{name} must be a list of non-empty labels, not {getattr(self, name)!r}.")

    def rename(self, label: str) -> str | None:
        """The name of a label after merging; None for an ignored label."""
        prefixes = [prefix for prefix in self.merge if label.startswith(prefix)]
        name = max(prefixes, key=len, default=label)
        return None if name in self.ignore else name

    def without_match(self, labels: Collection[str]) -> list[str]:
        """The entries of ``merge`` and ``ignore`` that no label matches, as they were given: ``ignore=[FOO]``.

        Args:
            labels: of the words, before merging.
        """
        names = {
            max((prefix for prefix in self.merge if label.startswith(prefix)), key=len, default=label)
            for label in labels
        }
        unused = [f"merge=[{prefix}]" for prefix in self.merge if not any(label.startswith(prefix) for label in labels)]
        return unused + [f"ignore=[{label}]" for label in self.ignore if label not in names]

    def keep(self, counts: Counter[str]) -> tuple[str, ...]:
        """The sufficiently frequent labels, sorted by name.

        Args:
            counts: number of training words of each label, after merging.
        """
        frequent = sorted((label for label in counts if counts[label] >= self.min_count), key=lambda x: (-counts[x], x))
        return tuple(sorted(frequent[: self.most_frequent]))
