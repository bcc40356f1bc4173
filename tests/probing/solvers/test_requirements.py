"""The certified solver refuses losses and penalties that lack what it needs."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.penalties.penalty import Penalty
from fairseq_neurons.probing.solvers.requirements import Loss, check_offers
from tests.probing.made_problems import made, problem_of


class NotConvex:
    """A penalty without a conjugate."""

    ridge, smooth, has_bound = 0.0, False, False
    value = subgradient = shrink = centre = stationarity = check = ElasticNet.value


def test_penalty_without_a_conjugate__is_refused_before_anything_is_fitted():
    probe = ElasticNetProbe(penalty=NotConvex())
    with pytest.raises(InputError, match="cannot use NotConvex as a penalty: it has no conjugate, dual_scale; see"):
        probe.fit(*made(1))
    assert not hasattr(probe, "coef_")


def test_what_is_complete__is_accepted():
    problem = problem_of(*made(1), 0.1, 0.1)
    check_offers(problem.loss, Loss, "loss")
    check_offers(problem.penalty, Penalty, "penalty")
    with pytest.raises(InputError, match="cannot use ElasticNet as a loss: it has no entropy_of"):
        check_offers(problem.penalty, Loss, "loss")
