"""How many words are unknown is stated, and warned of where it is much."""

from __future__ import annotations

import logging

import pytest

from fairseq_neurons.activations.unknown_share import report_unknown


@pytest.mark.parametrize(
    ("unknown", "words", "only_many", "levels"),
    [(0, 10, False, [logging.INFO]), (1, 10, False, [logging.INFO]), (2, 10, False, [logging.WARNING])]
    + [(1, 10, True, []), (2, 10, True, [logging.WARNING]), (0, 0, False, [logging.INFO])],
)
def test_share__is_a_warning_above_a_tenth(caplog, unknown, words, only_many, levels):
    with caplog.at_level(logging.INFO):
        report_unknown("test.en", unknown, words, only_many)
    assert [record.levelno for record in caplog.records] == levels
    for record in caplog.records:
        assert f"test.en: {unknown} of {words} words are unknown to the model" in record.getMessage()
