"""How sure a number is, and what is kept for it."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.result_parts import Difference, Interval
from fairseq_neurons.probing.study.confidence_intervals import Intervals, check_seed, pack, unpack


@pytest.mark.parametrize("words", [0, 1, 8, 61])
def test_packed_words__come_back(words):
    correct = np.random.default_rng(words).random(words) < 0.5
    packed = pack(correct)
    assert unpack(packed, words).tolist() == correct.tolist()
    assert len(packed) <= words / 6 + 4


def test_one_sentence__has_no_interval():
    correct, sentence = np.array([True, False]), np.array([3, 3])
    assert Intervals().of(correct, sentence) == Interval(None, None)
    assert Intervals().difference(correct, ~correct, sentence) == Difference(0.0, None, None)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_seeds_that_no_generator_takes__are_refused(seed):
    with pytest.raises(InputError, match=f"seed={seed}: give a whole number from 0 to 4294967295"):
        check_seed(seed)
    with pytest.raises(InputError, match="seed="):
        Intervals(seed=seed).check()
    check_seed(0)
    check_seed(2**32 - 1)
