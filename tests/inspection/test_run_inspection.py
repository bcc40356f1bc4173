"""Inspecting is one call; what it gives prints as the command does."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.inspection.inspection_sources import known_from
from fairseq_neurons.inspection.neuron_inspection import inspect_neuron
from fairseq_neurons.inspection.run_inspection import inspect
from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.inspection.terminal_view import described
from fairseq_neurons.statistics.strongest_sentences import strongest_sentences


@pytest.mark.parametrize("neuron", [2, "2", "encoder.0.fwd.2", np.int64(2)])
def test_neuron__is_an_index_or_a_name(made_run, neuron):
    assert inspect(neuron, run=str(made_run)).neuron == 2


def test_print__shows_what_is_asked_for(made_run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.delenv("COLORTERM", raising=False)
    found = inspect(1, run=str(made_run), words=2, sentences=1)
    known = inspect_neuron(known_from(run=str(made_run)), 1)
    assert f"{found}\n" == described(known, 2, 1, 70, None)
    assert f"{known}\n" == described(known, 10, 5, 70, None) != f"{found}\n"
    coloured = inspect(1, run=str(made_run), color="always")
    assert f"{coloured}\n" == described(known, 10, 5, 70, Painter(False))


def test_strongest_sentences__are_those_that_are_printed(made_run):
    found = inspect(1, run=str(made_run))
    for lowest in (False, True):
        expected = strongest_sentences(found.values, found.known.dump.offsets, 3, lowest)
        assert found.strongest_sentences(3, lowest) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"neuron": 0}, "Give a dump with activations= or the folder of a run with run="),
        ({"neuron": 0, "words": -1}, "words=-1, sentences=5: give 0 or more"),
        ({"neuron": 0, "color": "red"}, "color=red: choose auto, always or never"),
    ],
)
def test_invalid_options__are_refused(options, message):
    with pytest.raises(InputError, match=message):
        inspect(**options)
