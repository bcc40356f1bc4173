"""Durations for readers."""

from __future__ import annotations

import pytest

from fairseq_neurons.pipelines.duration import duration


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.2, "0 s"), (89, "89 s"), (91, "2 min"), (5340, "89 min"), (5400, "1.5 h"), (2e5, "55.6 h")],
)
def test_duration__has_the_unit_that_suits_it(seconds, shown):
    assert duration(seconds) == shown
