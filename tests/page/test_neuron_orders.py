"""Orders of neurons: which come first, and what is in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.page.neuron_orders import NeuronOrder, orders_of, short_name
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.run_folder import Model
from fairseq_neurons.statistics.label_auc import Separation


def test_orders__begin_with_a_ranking_without_labels_and_order_areas_by_their_distance():
    neurons = Neurons.of([Block("encoder", 0, "fwd", 3)])
    ranking = Ranking.from_scores("m", neurons, np.array([1.0, 3.0, 2.0]), "s")
    model = Model("", neurons, rankings={"probes/pos": ranking, "rankings/max": replace(ranking, method="max")})
    model.probes.update({"probes/pos": None, "more/pos": None})  # type: ignore[dict-item]
    model.label_rankings.update({("probes/pos", "VB"): ranking, ("more/pos", "VB"): ranking})
    areas = Separation(("VB",), np.array([5]), 9, np.array([[0.6, 0.1, 0.45]]))
    sorts = orders_of(model, {"pos": areas})
    assert [(sort.kind, sort.name, sort.label) for sort in sorts] == [
        *(("ranking", "rankings/max", ""), ("ranking", "probes/pos", "")),
        *(("label", "probes/pos", "VB"), ("label", "more/pos", "VB"), ("auc", "pos", "VB")),
    ]
    assert sorts[0].positions.tolist() == [2, 0, 1]
    assert (sorts[-1].order.tolist(), sorts[-1].scores.tolist()) == ([1, 0, 2], [0.1, 0.6, 0.45])


def test_content__is_what_the_page_loads():
    order = NeuronOrder("ranking", "r", "", "m", "s", np.array([2, 0, 1]), np.array([0.123456789, 0.1, -1.0]))
    assert order.content() == {"order": [2, 0, 1], "scores": [0.1235, 0.1, -1.0]}
    assert order.described() == {"kind": "ranking", "name": "r", "label": "", "method": "m", "signature": "s"}


def test_short_name__leaves_out_the_folder():
    assert (short_name("probes/pos"), short_name("pos")) == ("pos", "pos")
