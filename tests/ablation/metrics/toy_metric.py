"""A metric from outside the package, in one file: how many bits a token costs, at least or at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairseq_neurons.ablation.metric_results import Score, Significance
from fairseq_neurons.ablation.metrics.metric import LoadedSubset, Metric
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.errors import InputError


@dataclass
class CostOptions:
    """Whether the cheapest or the dearest sentence counts."""

    worst: bool = False
    scale: float = 1.0


class SentenceCost(Metric[list[float], CostOptions]):
    """Nats of one sentence."""

    info = MetricInfo("cost", axis="nats", title="Cost of a sentence", higher_is_better=False, logarithmic=True)
    Options = CostOptions
    folder, suffix = "costs", ".txt"

    def __init__(self, subset: LoadedSubset, options: CostOptions) -> None:
        from fairseq_neurons.plugin.evaluation import Scorer

        self.scorer, self.options = Scorer(subset.loaded, subset.subset), options

    @classmethod
    def open(cls, subset: LoadedSubset, options: CostOptions) -> SentenceCost:
        return cls(subset, options)

    @classmethod
    def check(cls, options: CostOptions, means: str | None) -> None:
        if options.scale <= 0:
            raise InputError(f"scale={options.scale}: give a positive number.")

    @classmethod
    def identity(cls, options: CostOptions) -> dict[str, float]:
        return vars(options)

    @property
    def signature(self) -> str:
        return f"cost|worst:{self.options.worst}"

    @property
    def test_signature(self) -> str:
        return f"equal|{self.signature}"

    def run(self) -> list[float]:
        return (-self.scorer.score().log_probs * self.options.scale).tolist()

    def score(self, output: list[float]) -> Score:
        chosen = max if self.options.worst else min
        return Score(chosen(output), {"sentences": len(output)})

    def pack(self, output: list[float]) -> bytes:
        return "\n".join(map(repr, output)).encode()

    def unpack(self, content: bytes) -> list[float]:
        return [float(line) for line in content.decode().split("\n")]

    def compare(self, baseline: list[float], others: Sequence[list[float]]) -> list[Significance]:
        before = self.score(baseline).score
        found = ((self.score(other).score, other == baseline) for other in others)
        return [Significance(after, after - before, 1.0 if same else 0.01) for after, same in found]

    @classmethod
    def summary(cls, options: CostOptions, point: object) -> str:
        return f"The {'dearest' if options.worst else 'cheapest'} sentence is counted."
