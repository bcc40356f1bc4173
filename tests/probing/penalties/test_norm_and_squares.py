"""What penalties share, against the definitions."""

from __future__ import annotations

import math

import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.penalties.norm_and_squares import NormAndSquares


@pytest.mark.parametrize(("l1", "l2"), [(-1, 0), (0, -1), (math.nan, 0), (0, math.inf)])
def test_numbers__are_zero_or_positive(l1, l2):
    with pytest.raises(InputError, match="l[12]=.*: a penalty is zero or a positive number"):
        NormAndSquares(l1, l2)


def test_properties__are_those_of_the_two_parts():
    assert [NormAndSquares(l1, 3.0).smooth for l1 in (0.0, 0.1)] == [True, False]
    assert NormAndSquares(0.0, 3.0).ridge == 6.0
    assert [NormAndSquares(*both).has_bound for both in ((0, 0), (1, 0), (0, 1))] == [False, True, True]


def test_conjugate__is_that_of_the_squares_beyond_the_limit():
    dual = torch.tensor([[0.5, 2.0], [3.0, 1.0]])
    assert NormAndSquares(1.0, 0.5).conjugate_of_excess(dual, 1.0) == (1 + 4) / 2
    assert NormAndSquares(1.0, 0.5).conjugate_of_excess(dual, torch.tensor([1.0, 2.0])) == 4 / 2
    assert NormAndSquares(1.0, 0.0).conjugate_of_excess(dual, 1.0) == math.inf
    assert NormAndSquares(1.0, 0.0).conjugate_of_excess(dual, 3.0) == 0.0
