from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.control_task import control_labels, selectivity

COUNTS = np.array([50, 0, 30, 20])


@given(st.lists(st.text(max_size=4), max_size=20), st.integers(0, 5), st.randoms())
def test_a_word__has_one_label_whatever_the_other_words_and_their_order(words, seed, random):
    labels = dict(zip(words, control_labels(words, COUNTS, seed).tolist()))
    for word in words:
        assert control_labels([word], COUNTS, seed).tolist() == [labels[word]]
    shuffled = random.sample(words, len(words))
    assert control_labels(shuffled, COUNTS, seed).tolist() == [labels[word] for word in shuffled]


def test_labels_of_types__are_distributed_as_the_counts_are():
    types = [f"word{i}" for i in range(20_000)]
    shares = np.bincount(control_labels(types, COUNTS), minlength=4) / len(types)
    # The standard error of a share is at most 0.0036.
    np.testing.assert_allclose(shares, COUNTS / COUNTS.sum(), atol=0.012)
    assert shares[1] == 0


def test_the_scale_of_the_counts__does_not_matter():
    words = [f"word{i}" for i in range(500)]
    np.testing.assert_array_equal(control_labels(words, COUNTS), control_labels(words, COUNTS / 64))


def test_seeds__give_independent_labels():
    words = [f"word{i}" for i in range(5000)]
    counts = np.array([1, 1])
    same = np.mean(control_labels(words, counts, 1) == control_labels(words, counts, 2))
    assert same == pytest.approx(0.5, abs=0.03)


def test_the_draw__is_frozen():
    # Another release must give the same control task.
    assert control_labels(["the", "dog", "Straße", "", "\udc80"], np.ones(10), 1).tolist() == [8, 5, 6, 3, 0]


@pytest.mark.parametrize("counts", [[], [0, 0], [1, -1], [1, np.nan], [[1, 2]]])
def test_counts_that_are_none__are_refused(counts):
    with pytest.raises(InputError, match="a count for every label"):
        control_labels(["a"], np.array(counts))


def test_selectivity__is_the_accuracy_beyond_that_of_the_control():
    assert selectivity(0.97, 0.71) == pytest.approx(0.26)
