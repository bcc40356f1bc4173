"""A value that is not finite is found in the words of whoever looks for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.finite_values import not_finite, place_of
from tests.activations.small_dumps import write_dump

SENTENCES = [["a", "dog"], [], ["runs", "and", "stops"]]


@pytest.fixture
def values() -> np.ndarray:
    return np.zeros((5, 3), dtype=np.float32)


def dump_of(folder: Path, values: np.ndarray) -> Activations:
    return Activations(write_dump(folder / "model", values, sentences=SENTENCES))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_first__is_named_by_line_word_and_neuron(tmp_path, values, value):
    values[4, 0] = values[3, 2] = values[3, 1] = value
    dump = dump_of(tmp_path, values)
    assert str(not_finite(dump)) == (
        f"{dump.path} holds values that are not finite numbers (NaN or infinity): "
        "the first is at line 3 of words.txt, word 2 (and), neuron encoder.0.fwd.1."
    )


def test_place__skips_empty_lines(tmp_path, values):
    dump = dump_of(tmp_path, values)
    places = [place_of(dump, row, 0) for row in (0, 1, 2)]
    assert [place.split(", neuron")[0] for place in places] == [
        "line 1 of words.txt, word 1 (a)",
        "line 1 of words.txt, word 2 (dog)",
        "line 3 of words.txt, word 1 (runs)",
    ]


def test_finite_values__are_then_too_large_to_be_squared(tmp_path, values):
    assert "squares exceed all numbers" in str(not_finite(dump_of(tmp_path, values)))
