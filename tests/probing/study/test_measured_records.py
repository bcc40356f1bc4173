"""A row of the log is a row of ``results.json`` and the words that were predicted correctly."""

from __future__ import annotations

from dataclasses import asdict

from fairseq_neurons.probing.study.measured_records import MeasuredRow


def test_row__is_in_results_without_its_words():
    row = MeasuredRow("mask", "top", 0.1, None, 3, 0.9, 0.8, 1.0, None, None, None, "a signature", "words")
    kept = asdict(row.without_words())
    assert {**kept, "correct": "words"} == asdict(row) and type(row.without_words()) is not MeasuredRow
