"""The recipe of the authors' code."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.estimator import ElasticNetProbe
from tests.probing.made_problems import made, objective_of

SETTINGS = {"l1": 1e-3, "l2": 1e-2}


def literal(X, y, labels: int, l1: float, l2: float, seed: int):
    """NeuroX's loop with the same draws."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = torch.nn.Linear(X.shape[1], labels)
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.001)
    generator = torch.Generator().manual_seed(seed)
    for _ in range(10):
        order = torch.randperm(len(X), generator=generator)
        for start in range(0, len(X), 512):
            batch = order[start : start + 512]
            optimiser.zero_grad()
            loss = torch.nn.CrossEntropyLoss()(model(X[batch]), y[batch])
            loss = loss + l1 * torch.norm(model.weight, 1) + l2 * torch.norm(model.weight, 2)
            loss.backward()
            optimiser.step()
    return model.weight.detach().numpy(), model.bias.detach().numpy()


def values(seed: int):
    X, y = made(seed, words=1300)
    return X.astype(np.float32), y


def test_recipe__is_the_literal_loop():
    X, y = values(1)
    probe = ElasticNetProbe(**SETTINGS, solver="authors", random_state=5).fit(X, y)
    theta, bias = literal(X, y, 3, 1e-3, 1e-2, 5)
    np.testing.assert_allclose(probe.coef_, theta, atol=1e-6)
    np.testing.assert_allclose(probe.intercept_, bias, atol=1e-6)


def test_recipe__depends_on_nothing_but_its_seed():
    X, y = values(2)
    fits = []
    for seed in (1, 1, 2):
        torch.manual_seed(len(fits))
        fits.append(ElasticNetProbe(**SETTINGS, solver="authors", random_state=seed).fit(X, y).coef_)
    np.testing.assert_array_equal(fits[0], fits[1])
    assert (fits[0] != fits[2]).any()


def test_recipe__has_no_zeros_and_stops_above_the_optimum():
    X, y = values(3)
    recipe, best = (ElasticNetProbe(5e-2, 1e-3, solver=s).fit(X, y) for s in ("authors", "certified"))
    assert (recipe.coef_ != 0).all() and (best.coef_ == 0).any()
    assert recipe.objective_ > best.objective_
    assert recipe.objective_ - recipe.gap_ <= best.objective_
    assert recipe.objective_ == pytest.approx(objective_of(recipe, X, y), abs=1e-6)
    assert recipe.n_iter_ == 10


def test_recipe__has_no_class_weights():
    with pytest.raises(InputError, match="no class weights"):
        ElasticNetProbe(solver="authors", class_weight="balanced").fit(*values(4))
