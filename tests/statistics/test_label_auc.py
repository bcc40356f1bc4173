"""Neurons as detectors of labels, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.label_auc import separation
from tests.activations.small_dumps import write_dump

LABELS = ["N", "V", None, "N", "V", "ADJ", "N", "V"]
VALUES = np.array([[1, 5, 2], [0, 5, 0], [9, 5, 9], [2, 5, 0], [0, 5, 2], [0, 5, 1], [3, 5, 1], [1, 5, 1]], np.float32)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    labels=st.lists(st.sampled_from(["A", "B", "C", None]), min_size=3, max_size=60),
    seed=st.integers(0, 99),
    most=st.sampled_from([1, 100, 10**6]),
    least=st.integers(1, 5),
)
def test_areas__equal_those_of_scikit_learn(tmp_path_factory, monkeypatch, labels, seed, most, least):
    monkeypatch.setattr("fairseq_neurons.statistics.neuron_columns.MOST", most)
    # Few different values: many ties.
    values = np.random.default_rng(seed).integers(-3, 3, (len(labels), 4)).astype(np.float32)
    found = separation(Activations(write_dump(tmp_path_factory.mktemp("d") / "a", values)), labels, least)
    kept = [i for i, label in enumerate(labels) if label is not None]
    counts = {label: labels.count(label) for label in "ABC"}
    assert found.labels == tuple(label for label in "ABC" if least <= counts[label] <= len(kept) - least)
    assert found.counts.tolist() == [counts[label] for label in found.labels]
    for label, areas in zip(found.labels, found.auc):
        truth = [labels[i] == label for i in kept]
        np.testing.assert_allclose(areas, [roc_auc_score(truth, values[kept, d]) for d in range(4)], atol=1e-12)


def test_area__is_1_where_the_label_is_higher_and_a_half_where_nothing_changes(tmp_path):
    dump = Activations(write_dump(tmp_path / "a", VALUES))
    found = separation(dump, LABELS, least=1)
    assert found.labels == ("ADJ", "N", "V") and found.counts.tolist() == [1, 3, 3]
    assert found.auc[1, 0] == 11.5 / 12 and found.auc[:, 1].tolist() == [0.5] * 3
    assert found.best(0, 2) == [("N", 11.5 / 12, 3), ("ADJ", found.auc[0, 0], 1)]
    assert separation(dump, [None] * 8, least=1).auc.shape == (0, 3)
    assert separation(dump, ["same"] * 8, least=1).best(0, 3) == []


def test_of_two_labels_that_share_all_words__only_the_rarer_is_returned(tmp_path):
    dump = Activations(write_dump(tmp_path / "a", VALUES))
    two = separation(dump, ["A", "A", None, "B", "B", "B", None, "A"], least=1)
    assert two.words == 6 and [label for label, _, _ in two.best(0, 9)] == ["A"]
    rarer = separation(dump, ["A", "B", "B", "B", "B", "B", "B", "B"], least=1)
    assert rarer.best(0, 9) == [("A", float(rarer.auc[0, 0]), 1)]
    third = separation(dump, ["A", "A", "A", "B", "B", "B", "B", "C"], least=2)
    assert {label for label, _, _ in third.best(0, 9)} == {"A", "B"}


def test_some_neurons__are_counted_from_0(tmp_path):
    dump = Activations(write_dump(tmp_path / "a", VALUES))
    every, last = separation(dump, LABELS, least=1), separation(dump, LABELS, least=1, neurons=slice(2, 3))
    np.testing.assert_array_equal(last.auc, every.auc[:, 2:])


def test_rare_labels_and_labels_of_nearly_all_words__are_skipped_but_count_as_others(tmp_path):
    dump = Activations(write_dump(tmp_path / "a", VALUES))
    assert separation(dump, LABELS).labels == ()
    all_three, two = separation(dump, LABELS, least=1), separation(dump, LABELS, least=2)
    assert two.labels == ("N", "V")
    np.testing.assert_array_equal(two.auc, all_three.auc[1:])
    assert separation(dump, ["N"] * 7 + ["V"], least=2).labels == ()


def test_labels_of_a_different_number__are_refused(tmp_path):
    with pytest.raises(InputError, match="a has 8 words, but there are 7 labels"):
        separation(Activations(write_dump(tmp_path / "a", VALUES)), LABELS[1:])
