"""Checks and samples that all label-based methods share."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.neuron_scores import check_labels, members, sample
from tests.rankings.planted_neurons import labelled_words


def test_a_sample__keeps_the_order_of_words_and_depends_on_the_seed():
    X, y = labelled_words()
    inner, _ = sample(Design(X, np.arange(100, 300)), y[100:], 50, seed=1)
    assert (np.diff(inner.rows) > 0).all() and inner.rows.min() >= 100
    assert (inner.rows != sample(Design(X, np.arange(100, 300)), y[100:], 50, seed=2)[0].rows).any()
    with pytest.raises(InputError, match="words=0"):
        sample(Design(X), y, 0, seed=1)


def test_a_sample_of_all_words__is_the_design_itself():
    X, y = labelled_words()
    design = Design(X)
    assert sample(design, y, len(y), seed=1) == (design, y)


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        ([0, 1], "X has 3 words, but there are labels for 2."),
        ([0, 1, 2], "Labels must lie between 0 and 1; these lie between 0 and 2."),
        ([-1, 1, 0], "Labels must lie between 0 and 1; these lie between -1 and 1."),
    ],
)
def test_labels_that_do_not_match__are_refused(y, sentence):
    with pytest.raises(InputError) as error:
        check_labels(Design(np.eye(3)), np.array(y), 2)
    assert str(error.value) == sentence


def test_members__are_one_hot():
    one_hot = members(np.array([2, 0, 2]), 4, torch.zeros(0, dtype=torch.float64))
    assert one_hot.dtype == torch.float64
    assert one_hot.tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 1], [0, 0, 0]]
