"""The options of metrics that translate."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from importlib.metadata import version

from fairseq_neurons.ablation.metric_results import Scalar
from fairseq_neurons.ablation.metrics.metric import LoadedSubset
from fairseq_neurons.activations.subwords import check_subwords
from fairseq_neurons.errors import InputError

SEARCH = ("beam", "lenpen", "max_len_a", "max_len_b")


@dataclass
class TranslationOptions:
    """Options of metrics that translate.

    Args:
        beam: width of the search; as the next three as in ``fairseq-generate``.
        lenpen: length penalty.
        max_len_a: a hypothesis has at most ``max_len_a * source + max_len_b`` words: bounds models that never end.
        max_len_b: likewise.
        reference: raw text, a line a sentence; by default the data's own targets, with unknown words as ``<<unk>>``.
        tokenize: sacreBLEU's tokenizer.
        subwords: ``words``, ``bpe`` or ``sentencepiece``: the units in the dictionaries; by default their symbols
            decide.
    """

    beam: int = 5
    lenpen: float = 1.0
    max_len_a: float = 0.0
    max_len_b: int = 200
    reference: str | None = None
    tokenize: str = "none"
    subwords: str | None = None

    def check_search(self) -> None:
        """Refuse an invalid search, or an unknown kind of subwords.

        Raises:
            InputError: naming the option.
        """
        check_subwords(self.subwords)
        if self.beam < 1:
            raise InputError(f"beam={self.beam}: give at least 1.")
        if not math.isfinite(self.lenpen):
            raise InputError(f"lenpen={self.lenpen}: give a finite number.")
        if self.max_len_a < 0 or self.max_len_b < 0 or max(self.max_len_a, self.max_len_b) < 1:
            given = f"max_len_a={self.max_len_a}, max_len_b={self.max_len_b}"
            raise InputError(f"{given}: allow hypotheses of at least one word.")

    @property
    def search(self) -> dict[str, float]:
        """The settings of the search, by name."""
        return {name: getattr(self, name) for name in SEARCH}

    def identity(self, **more: Scalar) -> dict[str, Scalar]:
        """What changes a score of translations, with the metric's own options before sacreBLEU's version."""
        raw = {"reference": None} if self.reference is None else {}
        given = {} if self.subwords is None else {"subwords": self.subwords}
        return {**self.search, **raw, "tokenize": self.tokenize, **given, **more, "sacrebleu": version("sacrebleu")}

    def read(self, subset: LoadedSubset) -> LoadedSubset:
        """The same subset, its dictionaries read as ``subwords`` says."""
        return replace(subset, loaded=subset.loaded._replace(subwords=self.subwords))

    def files(self) -> dict[str, str]:
        """The reference, if it was given."""
        return {} if self.reference is None else {"reference": self.reference}
