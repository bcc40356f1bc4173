"""Standardised neurons: scikit-learn's scales, and results that do not depend on the units of a neuron."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.study.neuron_scales import standard_deviations
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.rankings import Ranking
from tests.activations.small_dumps import forget_checksums
from tests.probing.study.made_words import NEURONS, SMALL

SETTINGS = {**SMALL, "l1": 1e-2, "tolerance": 1e-6, "control": False, "neurons": "0,1,2,4,7", "rankings": ["probeless"]}
SETTINGS |= {"counts": [2], "grid": [1e-2]}
# Powers of two, so that float32 holds the same digits.
UNITS = 2.0 ** np.arange(-5, NEURONS - 5)


@pytest.mark.parametrize("mean", [0.0, 1000.0])
def test_scales__are_those_of_scikit_learn(mean):
    X = np.random.default_rng(1).normal(mean, [1e-3, 1, 50], size=(200, 3))
    rows = np.arange(10, 150)
    expected = StandardScaler(with_mean=False).fit(X[rows]).scale_
    np.testing.assert_allclose(standard_deviations(Design(X, rows)), expected, rtol=1e-9)
    np.testing.assert_allclose(standard_deviations(Design(X, rows, np.array([2, 0]))), expected[[2, 0]], rtol=1e-9)


def test_constant_neuron__has_scale_1():
    assert standard_deviations(Design(np.array([[3.0, 1.0], [3.0, 5.0]]))).tolist() == [1.0, 2.0]


def in_other_units(part: dict[str, str], folder: Path) -> dict[str, str]:
    dump = Path(shutil.copytree(part["activations"], folder / Path(part["activations"]).name))
    forget_checksums(dump)
    np.save(dump / "activations.npy", (np.load(dump / "activations.npy") * UNITS).astype(np.float32))
    return {**part, "activations": str(dump)}


@pytest.fixture(scope="module")
def studies(data, tmp_path_factory):
    """Of the same words: standardised, standardised with other units, and as they are."""
    out = tmp_path_factory.mktemp("standardised")
    other = [in_other_units(part, out / name) for part, name in zip(data, ("train", "test"))]
    probe(*data, out / "a", standardise=True, **SETTINGS)
    probe(*other, out / "b", standardise=True, **SETTINGS)
    probe(*data, out / "plain", **SETTINGS)
    return out


def test_results__do_not_depend_on_the_units_of_a_neuron(studies):
    a, b = (TrainedProbe.load(studies / name / "probe.npz") for name in "ab")
    np.testing.assert_allclose(a.weights, b.weights, atol=1e-5)
    np.testing.assert_allclose(b.scales, a.scales * UNITS[a.columns], rtol=1e-5)
    ours, theirs = (ProbeResults.load(studies / name) for name in "ab")
    assert ours.ablation[0].accuracy == theirs.ablation[0].accuracy and ours.accuracy == theirs.accuracy
    for name in ("ranking.json", "rankings/probeless.json"):
        first, second = (Ranking.load(studies / folder / name).order.tolist() for folder in "ab")
        assert first == second


def test_weights_over_scales__score_the_states_as_they_are(studies, data):
    trained = TrainedProbe.load(studies / "a" / "probe.npz")
    states = np.load(Path(data[1]["activations"]) / "activations.npy")[:, trained.columns]
    labels = (Path(data[1]["labels"])).read_text().split()
    scores = states @ (trained.weights[:, trained.columns] / trained.scales).T + trained.bias
    accuracy = np.mean(np.array(trained.labels)[scores.argmax(axis=1)] == labels)
    assert accuracy == pytest.approx(ProbeResults.load(studies / "a").accuracy)


def test_standardised__is_in_results_and_signatures_only_where_it_is_on(studies):
    on, off = (json.loads((studies / name / "results.json").read_text()) for name in ("a", "plain"))
    assert on["standardised"] is True and "standardised" not in off
    assert "|standardised:training-words|" in on["signature"] and "standardised" not in json.dumps(off)
    assert TrainedProbe.load(studies / "plain" / "probe.npz").scales is None
    assert ProbeResults.load(studies / "a").standardised and not ProbeResults.load(studies / "plain").standardised
    assert [cell["converged"] for cell in on["grid"]] == [True]
