"""Rankings, settings and a quick metric for the tests of curves."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.ablation.metric_results import Score, Significance
from fairseq_neurons.ablation.metrics.metric import LoadedSubset, Metric
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.ablation.metrics.metric_options import NoOptions
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking

NEURONS = Neurons.of(Block("decoder", layer, "fwd", 8) for layer in (0, 1))


def ranking(seed: int, neurons: Neurons = NEURONS, checkpoint: str = "") -> Ranking:
    scores = np.random.default_rng(seed).random(len(neurons))
    return Ranking.from_scores(f"made-{seed}", neurons, scores, f"seed:{seed}", checkpoint)


def settings(**options: Any) -> AblationSettings:
    required = {"checkpoint": "model.pt", "data": "bin", "rankings": ["r"], "out": "curve"}
    return AblationSettings(**{**required, **options})


class Norms(Metric[list[float], NoOptions]):
    """A metric of numbers: what a function finds under the mask, kept as text."""

    info = MetricInfo("norms", axis="norm", title="Norm")
    folder, suffix = "numbers", ".txt"
    signature, test_signature = "norms", "compared"

    def __init__(self, function: Callable[[], list[float]], seconds: float = 0.0) -> None:
        self.function, self.seconds = function, seconds
        self.runs = 0

    @classmethod
    def open(cls, subset: LoadedSubset, options: NoOptions) -> Norms:
        raise NotImplementedError("made by the tests")

    def run(self) -> list[float]:
        self.runs += 1
        time.sleep(self.seconds)
        return self.function()

    def score(self, output: list[float]) -> Score:
        return Score(sum(output))

    def pack(self, output: list[float]) -> bytes:
        return " ".join(map(repr, output)).encode()

    def unpack(self, content: bytes) -> list[float]:
        return [float(number) for number in content.decode().split(" ")]

    def compare(self, baseline: list[float], others: Sequence[list[float]]) -> list[Significance]:
        time.sleep(self.seconds)
        return [
            Significance(sum(other), sum(other) - sum(baseline), 1.0 if other == baseline else 0.01) for other in others
        ]
