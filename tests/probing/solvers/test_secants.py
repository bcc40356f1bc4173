"""The compact form of BFGS equals the dense update formula."""

from __future__ import annotations

import pytest
import torch

from fairseq_neurons.probing.solvers.secants import Curvature, Secants
from tests.probing.solvers.quadratic_models import D, L, dense_bfgs, drawn, secants_of


@pytest.mark.parametrize("count, memory", [(0, 30), (1, 30), (5, 30), (9, 4)])
def test_curvature__is_the_dense_bfgs_matrix(count, memory):
    secants, diagonal = secants_of(count, memory), drawn(2, L, D).abs() + 0.1
    assert len(secants.pairs) == min(count, memory)
    B, W = dense_bfgs(diagonal, secants), drawn(3, L, D)
    curvature = Curvature(diagonal, secants)
    torch.testing.assert_close(curvature.times(W), (B @ W.flatten()).view(L, D))
    for shift in (drawn(4, L, 1).abs() + 0.1, drawn(4, L, D).abs() + 0.1):
        dense = B + torch.diag((torch.zeros(L, D).double() + shift).flatten())
        expected = torch.linalg.solve(dense, W.flatten()).view(L, D)
        torch.testing.assert_close(curvature.shifted(shift).solve(W), expected)


def test_curvature__maps_the_last_step_to_its_change_of_the_gradient():
    secants = secants_of(5)
    step, change = secants.pairs[-1]
    torch.testing.assert_close(Curvature(drawn(2, L, D).abs() + 0.1, secants).times(step), change)


def test_secants__exclude_steps_without_measurable_curvature():
    secants, step = Secants(), drawn(5, L, D)
    for change in (torch.zeros(L, D).double(), -step, 1e-12 * step):
        secants.add(step, change)
    assert len(secants.pairs) == 1
    secants.clear()
    assert not secants.pairs


def test_secants_in_another_basis__describe_the_same_matrix():
    secants, rotation = secants_of(5, memory=4), torch.linalg.qr(drawn(6, D, D))[0]
    even, W = torch.full((L, D), 0.7).double(), drawn(7, L, D)
    before = Curvature(even, secants).times(W) @ rotation
    secants.change_basis(lambda weights: weights @ rotation)
    torch.testing.assert_close(Curvature(even, secants).times(W @ rotation), before)
    assert secants.pairs.maxlen == 4
