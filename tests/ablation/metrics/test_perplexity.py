"""Perplexities, their intervals and tests."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from fairseq_neurons.ablation.metric_results import Score
from fairseq_neurons.ablation.metrics.perplexity import Perplexity
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.evaluation import Likelihoods
from fairseq_neurons.storage.array_files import arrays_as_bytes


def likelihoods(seed: int, shift: float = 0.0, sentences: int = 60) -> Likelihoods:
    tokens = np.random.default_rng(0).integers(2, 12, sentences)
    noise = np.random.default_rng(seed).normal(-2 + shift, 0.1, sentences)
    return Likelihoods(noise * tokens, tokens)


BASELINE, NEAR, FAR = likelihoods(1), likelihoods(2), likelihoods(3, -0.2)


def metric(samples: int = 500) -> Perplexity:
    return Perplexity(lambda: BASELINE, samples)


def test_score__is_the_perplexity_of_a_token():
    found = metric().score(FAR)
    assert found.score == pytest.approx(math.exp(-FAR.log_probs.sum() / FAR.tokens.sum()))
    assert 2 ** found.extra["loss_base_2"] == pytest.approx(found.score)
    assert found.extra["tokens"] == FAR.tokens.sum()


def test_score_beyond_all_numbers__is_infinite_and_its_logarithm_is_kept():
    endless = Likelihoods(np.array([-1e6, -1e6]), np.array([2, 3]))
    assert metric().score(endless) == Score(math.inf, {"loss_base_2": pytest.approx(4e5 / math.log(2)), "tokens": 5})
    (found,) = metric().compare(endless, [endless])
    assert found.difference is None and found.p_value == 1
    with pytest.raises(InputError, match="not numbers: choose a smaller value="):
        Perplexity(lambda: Likelihoods(np.array([np.nan]), np.array([2]))).run()


def test_p_value__is_that_of_exchanging_the_models_sentence_by_sentence():
    """The literal way: both samples, paired, one of them against the other."""
    for other in (NEAR, FAR):
        (found,) = metric(2000).compare(BASELINE, [other])
        literal = stats.permutation_test(
            (BASELINE.log_probs, other.log_probs),
            lambda a, b: (b - a).sum(),
            permutation_type="samples",
            n_resamples=2000,
            vectorized=False,
            rng=np.random.default_rng(5),
        )
        assert found.p_value == pytest.approx(literal.pvalue, abs=0.04)
    assert found.p_value < 0.01


def test_few_sentences__are_exchanged_in_all_ways():
    first = Likelihoods(np.array([-1.0, -2.0, -3.0]), np.array([1, 2, 3]))
    (found,) = metric().compare(first, [first._replace(log_probs=first.log_probs - 1)])
    assert found.p_value == 2 / 8  # of the eight, this one and its mirror image
    (alone,) = metric().compare(Likelihoods(*(v[:1] for v in first)), [Likelihoods(*(v[:1] for v in first))])
    assert alone.low is alone.details["ratio_high"] is None and alone.p_value == 1


def test_intervals__contain_the_estimate_and_show_what_differs():
    near, far = metric().compare(BASELINE, [NEAR, FAR])
    for found in (near, far):
        assert found.low < found.score < found.high
        assert found.details["ratio_low"] < found.details["ratio"] < found.details["ratio_high"]
    assert near.details["ratio_low"] < 1 < near.details["ratio_high"] and far.details["ratio_low"] > 1
    assert far.difference == pytest.approx(far.score - metric().score(BASELINE).score)
    assert metric().compare(BASELINE, [FAR]) == [far]


def test_log_probabilities__come_back_from_their_file_to_the_bit():
    packed = metric().pack(FAR)
    found = metric().unpack(packed)
    assert np.array_equal(found.log_probs, FAR.log_probs) and np.array_equal(found.tokens, FAR.tokens)
    assert metric().pack(found) == packed


def test_output_with_other_arrays__is_refused():
    good = {"log_probs": FAR.log_probs, "tokens": FAR.tokens}
    for change in (
        *({"tokens": FAR.tokens[:-1]}, {"tokens": FAR.log_probs}, {"tokens": -FAR.tokens}),
        *({"log_probs": FAR.tokens}, {"log_probs": FAR.log_probs * np.nan}),
    ):
        with pytest.raises(InputError, match="An output of perplexity has"):
            metric().unpack(arrays_as_bytes({**good, **change}))
