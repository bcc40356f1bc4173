"""The sections of the page: the sentence about a run, what it offers, and the paths of figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fairseq_neurons.page.html_tables import Table
from fairseq_neurons.page.page_sections import CurveSection, ModelSection, Overview, Picture, ProbeSection
from fairseq_neurons.page.probe_tables import SharedNeurons

TABLE = Table("t", [], [])
MODEL = ModelSection("1", "", "12", "", [], TABLE, [], [], None, [], [])
CURVE, PROBE = CurveSection("curves/nmt", TABLE, None, []), ProbeSection("pos", TABLE, TABLE, [])


@pytest.mark.parametrize(
    ("models", "figures", "sentence"),
    [
        ([MODEL], 0, "1 model."),
        ([MODEL, MODEL], 1, "2 models and 1 figure."),
        ([replace(MODEL, curves=[CURVE], probes=[PROBE, PROBE])], 3, "1 model, 1 curve, 2 probes and 3 figures."),
        # A curve of two models counts once.
        ([replace(MODEL, curves=[CURVE]), replace(MODEL, curves=[CURVE])], 0, "2 models and 1 curve."),
    ],
)
def test_summary__counts_what_there_is(models, figures, sentence):
    assert Overview("run", models, [], figures).summary == sentence


def test_views__are_offered_if_they_have_content():
    empty = Overview("run", [MODEL], [], 0)
    assert (empty.browsable, empty.shares) == (False, False)
    shared = SharedNeurons("pos", "", 4, [], [])
    full = Overview("run", [MODEL, replace(MODEL, address="#/model/2", shared=[shared])], [], 0)
    assert (full.browsable, full.shares) == (True, True)


def test_address_of_a_picture__is_quoted():
    assert Picture("a/b #1", "o", "t", "s", 1, 1).address == "figures/a%2Fb%20%231"
