"""Cells of the grid equal single fits."""

from __future__ import annotations

import pytest

from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.study.penalty_grid import measure_grid
from tests.probing.study.made_words import analysis_of, task_of, values_of


def test_grid_points__are_single_fits(data, tmp_path):
    analysis = analysis_of(task_of(*data), tmp_path / "measured.jsonl", refit_tolerance=1e-4)
    points = measure_grid(analysis, [0.1, 1e-3, 0.01])
    assert [(point.l1, point.l2) for point in points[:4]] == [(0.1, 0.1), (0.1, 1e-3), (0.1, 0.01), (1e-3, 0.1)]
    train, test = (values_of(part) for part in data)
    for point in points:
        single = ElasticNetProbe(point.l1, point.l2, tolerance=1e-4).fit(train, analysis.task.train.y)
        assert point.objective == pytest.approx(single.objective_, rel=2e-4)
        assert point.accuracy == pytest.approx(single.score(test, analysis.task.test.y), abs=1 / 60 + 1e-9)
        assert point.low <= point.accuracy <= point.high
        assert point.converged and point.gap <= 1e-4 * point.objective
        assert point.nonzero == pytest.approx((single.coef_ != 0).mean(), abs=0.1)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fits_that_stop_early__are_marked(data, tmp_path):
    analysis = analysis_of(task_of(*data), tmp_path / "measured.jsonl", refit_tolerance=1e-9, max_iter=1)
    (point,) = measure_grid(analysis, [1e-4])
    assert point.converged is False and point.gap > 1e-9 * point.objective
