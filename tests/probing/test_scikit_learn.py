"""What scikit-learn expects of a classifier."""

from __future__ import annotations

from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import parametrize_with_checks

from fairseq_neurons.probing.estimator import ElasticNetProbe
from tests.probing.made_problems import made


@parametrize_with_checks([ElasticNetProbe(), ElasticNetProbe(1e-3, 0.0, tolerance=1e-2, warm_start=True)])
def test_check_estimator__passes(estimator, check):
    check(estimator)


def test_clone__keeps_every_setting():
    probe = ElasticNetProbe(1e-3, 0.0, tolerance=1e-5, max_iter=7, solver="authors", class_weight={0: 2.0})
    assert clone(probe).get_params() == probe.get_params()


def test_grid_search__chooses_among_penalties():
    X, y = made(1, words=90)
    search = GridSearchCV(ElasticNetProbe(), {"l1": [1.0, 1e-3]}, cv=3).fit(X, y)
    assert search.best_params_ == {"l1": 1e-3}
