"""Scores, signatures and neurons of an analysis equal literal ones."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.study.linguistic_analysis import digest_of, finite
from tests.probing.study.made_words import ORDER, analysis_of, task_of, values_of


def test_score__is_the_share_of_correct_words_with_its_interval(analysis):
    y, sentence = analysis.task.test.y, analysis.task.test.sentence
    predicted = np.where(np.arange(len(y)) % 3 == 0, (y + 1) % 3, y)
    found = analysis.score(predicted)
    assert found.accuracy == sum(p == t for p, t in zip(predicted, y)) / len(y)
    interval = analysis.intervals.of(predicted == y, sentence)
    assert (found.low, found.high) == (interval.low, interval.high)


def test_signature__has_measurement_intervals_and_probe(analysis):
    assert analysis.signature("what") == f"what|{analysis.intervals.signature}|{analysis.probe.signature}"
    assert analysis.refit_signature == f"refit_tolerance:{analysis.settings.refit_tolerance:g}"


def test_positions__are_those_among_the_neurons_in_the_study(data, tmp_path):
    analysis = analysis_of(task_of(*data, neurons="1,2,4,9"), tmp_path / "measured.jsonl")
    # 2, 9, 4, 1 in the ranking's order, as positions in 1, 2, 4, 9.
    assert analysis.positions(ORDER).tolist() == [1, 3, 2, 0]


def test_refit__is_a_probe_on_those_columns_to_the_looser_tolerance(analysis, data):
    chosen = ORDER[:3]
    fitted, test = analysis.refit(chosen)
    expected = ElasticNetProbe(1e-3, 1e-3, tolerance=1e-2).fit(values_of(data[0])[:, chosen], analysis.task.train.y)
    np.testing.assert_array_equal(fitted.coef_, expected.coef_)
    np.testing.assert_array_equal(test.dense(), values_of(data[1])[:, chosen])


def test_records_of_one_kind__are_kept_beside_those_of_another(analysis):
    from fairseq_neurons.probing.result_parts import GridCell, RankingAccuracy

    cell = GridCell(0.1, 0.2, 0.5, None, None, 1.0, 0.0, 1, 1.0, "cell")
    row = RankingAccuracy("mine", 3, 0.5, None, None, 1.0, 0.0, 1, "row")
    analysis.records(GridCell).add("cell", cell)
    analysis.records(RankingAccuracy).add("row", row)
    assert analysis.records(GridCell)["cell"] == cell and analysis.records(RankingAccuracy)["row"] == row


def test_digest__depends_on_the_order_and_not_on_the_type_of_the_indices():
    expected = hashlib.sha256(np.array([3, 1], dtype=np.int64).tobytes()).hexdigest()[:8]
    assert digest_of(np.array([3, 1], dtype=np.int32)) == f"neurons:2-{expected}" != digest_of(np.array([1, 3]))


@pytest.mark.parametrize("value, expected", [(1.5, 1.5), (0.0, 0.0), (float("inf"), None), (float("nan"), None)])
def test_numbers_that_json_does_not_have__are_none(value, expected):
    assert finite(value) == expected
