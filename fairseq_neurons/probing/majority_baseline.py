"""The majority baseline: predict labels from the words alone, without neurons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.errors import InputError


@dataclass(frozen=True)
class MajorityBaseline:
    """Predict the most frequent label of every word (Dalvi et al. 2019, Table 1, MAJ).

    Unknown words have the most frequent label of all. Of equally frequent labels, the smaller one is predicted.

    >>> baseline = MajorityBaseline.fit(["the", "run", "run", "the"], [0, 1, 2, 0])
    >>> baseline.predict(["run", "the", "dog"]), baseline.unknown_share(["run", "the", "dog", "cat"])
    (array([1, 0, 0]), 0.5)

    Args:
        of_word: most frequent label of each word of the training data.
        otherwise: label predicted for all other words.
    """

    of_word: Mapping[str, int]
    otherwise: int

    @classmethod
    def fit(cls, words: Sequence[str], labels: Sequence[int] | np.ndarray) -> MajorityBaseline:
        """Count the labels of the training data.

        Args:
            words: N words.
            labels: N integers.

        Raises:
            InputError: if there are no words, or the numbers of words and labels differ.
        """
        if len(words) != len(labels) or not len(words):
            raise InputError(f"A baseline needs words and a label for each; it got {len(words)} and {len(labels)}.")
        numbers = np.asarray(labels, dtype=np.int64).tolist()
        best: dict[str, tuple[int, int]] = {}
        for (word, label), count in Counter(zip(words, numbers, strict=True)).items():
            best[word] = max(best.get(word, (0, 0)), (count, -label))
        return cls({word: -negative for word, (_, negative) in best.items()}, _most_frequent(numbers))

    def predict(self, words: Sequence[str]) -> np.ndarray:
        """Predict the label of every word, int64 (N,)."""
        return np.array([self.of_word.get(word, self.otherwise) for word in words], dtype=np.int64)

    def unknown_share(self, words: Sequence[str]) -> float:
        """The share of these words that are not in the training data; nan without words."""
        return sum(word not in self.of_word for word in words) / len(words) if len(words) else float("nan")


def _most_frequent(labels: list[int]) -> int:
    return min(Counter(labels).items(), key=lambda item: (-item[1], item[0]))[0]
