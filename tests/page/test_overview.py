"""The overview: which section shows what, and the addresses of neurons."""

from __future__ import annotations

import pytest

from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.page.overview import address, overview
from fairseq_neurons.page.page_sections import Picture
from fairseq_neurons.runs.run_folder import Model, Run

pytestmark = pytest.mark.xdist_group("chromium")  # the same run


def test_pictures__are_beside_what_they_show(run):
    pictures = [Picture(name, of, "Bars", "s", 1, 1) for name, of in (("a", "probes/pos"), ("b", "model 1"))]
    first = overview(Run.open(run), pictures).models[0]
    assert [picture.name for picture in first.probes[0].pictures] == ["a"]
    assert [picture.name for picture in first.pictures] == ["b"]


def test_address__holds_any_name():
    model = Model("", Neurons.of([Block("encoder", 0, "fwd", 3)]), name='a/b?"<>#')
    assert address(model, 2) == "#/model/a%2Fb%3F%22%3C%3E%23/neuron/2"


def test_sections__have_the_tables_and_shared_neurons_of_the_model(run):
    page = overview(Run.open(run), [])
    first, second = page.models
    assert [curve.name for curve in first.curves] == ["curves/nmt"] and second.curves == []
    assert [probe.name for probe in first.probes] == ["pos"] and second.accuracy is None
    linked = [row[-1] for row in first.probes[0].labels.rows if row[-1].link]
    assert linked and all(cell.link == f"#/model/1/neuron/{cell.text.rpartition('.')[2]}" for cell in linked)
