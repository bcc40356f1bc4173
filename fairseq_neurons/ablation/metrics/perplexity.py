"""Perplexity, of a language model or of a translation model's references, with paired tests by scipy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fairseq_neurons.ablation.metric_results import Score, Significance
from fairseq_neurons.ablation.metrics.metric import LoadedSubset, Metric
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.ablation.metrics.metric_options import ResamplingOptions
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.array_files import arrays_as_bytes, read_arrays

if TYPE_CHECKING:
    from fairseq_neurons.plugin.evaluation import Likelihoods

SEED = 1
CONFIDENCE = 0.95
# Resamples that are in memory at once.
BATCH = 100


@dataclass
class PerplexityOptions(ResamplingOptions):
    """Options of perplexity: the samples of its tests and intervals."""


class Perplexity(Metric["Likelihoods", PerplexityOptions]):
    """Score the log-probabilities of a subset's sentences.

    Args:
        measure: them under the mask that is applied.
        samples: of the test and of the confidence intervals.
    """

    info = MetricInfo("perplexity", axis="perplexity", title="Perplexity", higher_is_better=False, logarithmic=True)
    Options = PerplexityOptions
    folder, suffix = "likelihoods", ".npz"

    def __init__(self, measure: Callable[[], Likelihoods], samples: int = PerplexityOptions.samples) -> None:
        self.measure, self.samples = measure, samples

    @classmethod
    def open(cls, subset: LoadedSubset, options: PerplexityOptions) -> Perplexity:
        """See `Metric.open`."""
        from fairseq_neurons.plugin.evaluation import Scorer

        return cls(Scorer(subset.loaded, subset.subset, **subset.batch).score, options.samples)

    @classmethod
    def check(cls, options: PerplexityOptions, means: str | None) -> None:
        """See `Metric.check`."""
        options.check_samples()

    @property
    def signature(self) -> str:
        """What perplexity is computed over."""
        return "perplexity|per:token|eos:yes"

    @property
    def test_signature(self) -> str:
        """The permutation test and the bootstrap."""
        return f"paired:permutation|samples:{self.samples}|seed:{SEED}|confidence:{CONFIDENCE}|{self.signature}"

    def run(self) -> Likelihoods:
        """The log-probabilities.

        Raises:
            InputError: if they are not numbers, because the mask value is too large.
        """
        found = self.measure()
        if not np.isfinite(found.log_probs).all():
            raise InputError("The ablated model's probabilities are not numbers: choose a smaller value=.")
        return found

    def score(self, output: Likelihoods) -> Score:
        """Perplexity (infinite where it exceeds all numbers), its logarithm to base 2 a token, and the tokens."""
        loss = _loss(output.log_probs.sum(), output.tokens.sum())
        return Score(_exp(loss), {"loss_base_2": loss / math.log(2), "tokens": int(output.tokens.sum())})

    def pack(self, output: Likelihoods) -> bytes:
        """An archive of two arrays."""
        return arrays_as_bytes({"log_probs": output.log_probs, "tokens": output.tokens})

    def unpack(self, content: bytes) -> Likelihoods:
        """The two arrays."""
        from fairseq_neurons.plugin.evaluation import Likelihoods

        arrays = read_arrays(content, ("log_probs", "tokens"), "an output of perplexity")
        log_probs, tokens = arrays["log_probs"], arrays["tokens"]
        if log_probs.dtype.kind != "f" or tokens.dtype.kind != "i" or log_probs.shape != tokens.shape:
            raise InputError("An output of perplexity has other arrays than log-probabilities and numbers of tokens.")
        if log_probs.ndim != 1 or not np.isfinite(log_probs).all() or (tokens < 0).any():
            raise InputError("An output of perplexity has values that are not log-probabilities or numbers of tokens.")
        return Likelihoods(log_probs, tokens)

    def compare(self, baseline: Likelihoods, others: Sequence[Likelihoods]) -> list[Significance]:
        """A paired permutation test of the log-probabilities of sentences, see `Metric.compare`.

        ``ratio`` is that of the perplexities, with its interval; those of this and of the perplexity itself are
        bootstrap percentiles over sentences.
        """
        return [self._compare(baseline, other) for other in others]

    def _compare(self, a: Likelihoods, b: Likelihoods) -> Significance:
        before, after = (self.score(output).score for output in (a, b))
        low, high = self._interval(b.log_probs, b.tokens)
        ratio_low, ratio_high = self._interval(b.log_probs - a.log_probs, b.tokens)
        ratio = _exp(_loss((b.log_probs - a.log_probs).sum(), b.tokens.sum()))
        return Significance(
            after,
            None if math.inf in (before, after) else after - before,
            self._p_value(b.log_probs - a.log_probs),
            low,
            high,
            {"ratio": _or_none(ratio), "ratio_low": ratio_low, "ratio_high": ratio_high},
        )

    def _p_value(self, differences: np.ndarray) -> float:
        from scipy import stats

        if len(differences) < 2:
            return 1.0
        # Exchanging the two models on a sentence is changing the sign of its difference.
        options = {"permutation_type": "samples", "vectorized": True, "batch": BATCH}
        found = stats.permutation_test((differences,), _sum, n_resamples=self.samples, rng=_rng(), **options)
        return float(found.pvalue)

    def _interval(self, log_probs: np.ndarray, tokens: np.ndarray) -> tuple[float | None, float | None]:
        """exp of the bootstrap interval of the loss; None for a single sentence, and where an end is infinite."""
        from scipy import stats

        if len(tokens) < 2:
            return None, None
        options: dict[str, Any] = {"paired": True, "vectorized": True, "batch": BATCH, "method": "percentile"}
        ends = stats.bootstrap(
            (log_probs, tokens), _ratio, n_resamples=self.samples, confidence_level=CONFIDENCE, rng=_rng(), **options
        ).confidence_interval
        return _or_none(_exp(float(ends.low))), _or_none(_exp(float(ends.high)))


def _rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


def _sum(values: np.ndarray, axis: int) -> np.ndarray:
    return values.sum(axis=axis)


def _ratio(log_probs: np.ndarray, tokens: np.ndarray, axis: int = -1) -> np.ndarray:
    return -log_probs.sum(axis=axis) / tokens.sum(axis=axis)


def _loss(log_prob: float, tokens: int) -> float:
    return float(-log_prob / tokens)


def _exp(loss: float) -> float:
    try:
        return math.exp(loss)
    except OverflowError:
        return math.inf


def _or_none(value: float) -> float | None:
    """JSON has no infinity."""
    return None if math.isinf(value) else value
