"""Where the neurons are at words of one label, and beyond."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.ablation.metrics.controlling import Controlling
from fairseq_neurons.ablation.metrics.controlling_options import ControllingOptions
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from tests.activations.small_dumps import write_dump


@pytest.fixture
def dump(tmp_path) -> Activations:
    values = np.random.default_rng(1).normal(size=(5, 16)).astype(np.float32)
    return Activations(write_dump(tmp_path / "dump", values, sentences=[["a", "b"], [], ["c", "d", "e"]]))


@pytest.fixture
def labels(tmp_path) -> Path:
    (tmp_path / "labels").write_text("past pres\nskipped\npast - pres\n")
    return tmp_path / "labels"


def means(dump: Activations, **options: object) -> np.ndarray:
    return Controlling.means(ControllingOptions(**options), dump)


def test_means__are_those_at_words_of_the_label(dump, labels):
    past, pres = (dump.values[0] + dump.values[2]) / 2, (dump.values[1] + dump.values[4]) / 2
    given = {"at": "past", "to": "pres", "means_labels": str(labels)}
    np.testing.assert_allclose(means(dump, **given), pres, rtol=1e-6)
    np.testing.assert_allclose(means(dump, **given, strength=0), past, rtol=1e-6)
    np.testing.assert_allclose(means(dump, **given, strength=2.5), past + 2.5 * (pres - past), rtol=1e-5)
    np.testing.assert_allclose(means(dump), dump.values.mean(axis=0), rtol=1e-5)


def test_labels_that_do_not_fit_the_dump(dump, labels, tmp_path):
    given = {"at": "past", "to": "fut", "means_labels": str(labels)}
    with pytest.raises(InputError, match="No word of .*dump has the label fut of .*labels"):
        means(dump, **given)
    labels.write_text("past pres\n")
    with pytest.raises(InputError, match="labels has labels for 1 lines, but the dump has 3 sentences"):
        means(dump, **given)
