"""Which neurons labels use and share follows from the weights alone."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.probing.result_parts import LabelPair, SharingNeuron
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.probing.study.study_tables import summary
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.probing.study.weight_reading import read_weights
from tests.probing.study.made_words import LABELS, SMALL


def test_weights_alone__decide_which_neurons_labels_use_and_share():
    weights = np.array([[4.0, 0, -3, 1, 0], [2, 0, 2, 0, 0], [0, 5, 0, 0, 0]])
    neurons = Neurons.of([Block("encoder", 0, "fwd", 3), Block("encoder", 1, "bwd", 2)])
    probe = TrainedProbe(weights, np.arange(5), np.zeros(3), ("A", "B", "C"), 1.0, 0.0, 0.0, 1, "signature")
    found = read_weights(probe, neurons, Plan(alpha=50, mass=[0.5, 1.0], top=2))
    # Of A's mass 8, neuron 0 has a half; of B's 4, neuron 0 of the two equal ones.
    assert found.focus == {"0.5": {"A": 1, "B": 1, "C": 1}, "1": {"A": 3, "B": 2, "C": 1}}
    assert found.salient == {"A": ("encoder.0.fwd.0",), "B": ("encoder.0.fwd.0",), "C": ("encoder.0.fwd.1",)}
    # Tops: {0, 2}, {0, 2}, {1}; by chance, 2 x 2 / 5 neurons would be in two of them.
    assert found.shared.counts == ((2, 2, 0), (2, 2, 0), (0, 0, 1))
    assert found.shared.expected == ((0.8, 0.8, 0.4), (0.8, 0.8, 0.4), (0.4, 0.4, 0.2))
    assert found.shared.pairs == (LabelPair("A", "B", 2, 0.8, ("encoder.0.fwd.0", "encoder.0.fwd.2")),)
    assert found.shared.most_shared == (SharingNeuron(0, 2), SharingNeuron(2, 2))
    assert found.cutoffs.alpha == 50 and found.cutoffs.neurons[-1] == 4 and found.against == ()


def test_against_another_probe__counts_the_neurons_both_need(data, whole, tmp_path):
    results = probe(*data, tmp_path / "out", against=[str(whole)], ignore=["VERB"], **SMALL)
    (found,) = results.against
    assert found.labels == LABELS and np.array(found.counts).shape == (2, 3)
    assert found.signature == TrainedProbe.load(whole / "probe.npz").signature
    assert "label of another probe" in summary(results)


def test_neurons_left_out__are_not_counted_where_chance_is(data, tmp_path):
    a = probe(*data, tmp_path / "a", neurons="0,1,2,5,8", **SMALL)
    within = a.shared
    sizes = np.diag(within.counts)
    np.testing.assert_allclose(within.expected, np.outer(sizes, sizes) / 5)
    assert {entry.neuron for entry in within.most_shared} <= {0, 1, 2, 5, 8}
    b = probe(*data, tmp_path / "b", neurons="1,2,3,8", against=[str(tmp_path / "a")], **SMALL)
    (across,) = b.against
    assert across.neurons_used == 3 and across.top == 3
    with pytest.raises(InputError, match="is a probe of other neurons"):
        probe(*data, tmp_path / "c", neurons="3,4", against=[str(tmp_path / "a")], **SMALL)


def test_shared_pairs__have_the_names_of_their_neurons(data, whole, tmp_path):
    results = probe(*data, tmp_path / "out", against=[str(whole)], **{**SMALL, "l1": 1e-1, "top": 1})
    ours, theirs = TrainedProbe.load(tmp_path / "out" / "probe.npz"), TrainedProbe.load(whole / "probe.npz")
    pairs = {(pair.a, pair.b): pair for pair in results.against[0].pairs}
    assert {(label, label) for label in LABELS} <= pairs.keys()
    for i, label in enumerate(LABELS):
        first = np.abs(ours.weights[i]).argmax()
        assert first == np.abs(theirs.weights[i]).argmax() == i
        expected = LabelPair(label, label, 1, 0.1, (f"encoder.0.fwd.{i}",))
        assert pairs[label, label] == expected
        assert results.salient[label][0] == f"encoder.0.fwd.{i}"
    assert all(pair.a < pair.b for pair in results.shared.pairs)
