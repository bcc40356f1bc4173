"""Settings out of range are refused before anything is read, and what the neurons do not allow before training."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.study.study_plan import Plan
from fairseq_neurons.rankings import Ranking
from tests.probing.study.made_words import task_of


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"rankings": ["probles"]}, "no ranking 'probles'"),
        ({"alpha": 0.0}, "alpha=0.0: the step is a percentage"),
        ({"alpha": 101.0}, "alpha=101.0: the step is a percentage"),
        ({"fractions": []}, r"fractions=\[\]: give numbers above 0 and up to 1"),
        ({"fractions": [0.5, 1.5]}, r"fractions=\[0.5, 1.5\]: give numbers"),
        ({"mass": [0.0]}, r"mass=\[0.0\]: give numbers above 0 and up to 1"),
        ({"grid": [0.0, float("inf")]}, "a penalty is zero or a positive number"),
        ({"grid": [float("nan")]}, "a penalty is zero or a positive number"),
        ({"random": -1}, "random=-1, top=50"),
        ({"top": 0}, "random=3, top=0"),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value),
)
def test_setting_out_of_range__is_refused_in_a_sentence(change, sentence):
    Plan().check()
    with pytest.raises(InputError, match=sentence):
        Plan(**change).check()


@pytest.mark.parametrize("change", [{"alpha": 100.0}, {"fractions": [1.0]}, {"grid": [0.0]}, {"random": 0, "top": 1}])
def test_limits__are_allowed(change):
    Plan(**change).check()


def test_counts__are_at_most_the_neurons_in_the_study(data):
    task = task_of(*data, neurons="1,2,4,9")
    Plan(rankings=["probeless"], counts=[1, 4]).check_task(task)
    Plan(counts=[5]).check_task(task)
    for counts in ([5], [0]):
        with pytest.raises(InputError, match=rf"counts=\[{counts[0]}\]: this probe has 4 neurons"):
            Plan(rankings=["probeless"], counts=counts).check_task(task)


def test_another_probe__is_of_the_same_model_and_shares_a_neuron(data, whole, tmp_path):
    task = task_of(*data, neurons="1,2")
    Plan(against=[str(whole)]).check_task(task)
    other = shutil.copytree(whole, tmp_path / "other")
    with np.load(other / "probe.npz") as saved:
        arrays = dict(saved)
    np.savez(other / "probe.npz", **{**arrays, "columns": np.array([0, 3])})
    with pytest.raises(InputError, match="other is a probe of other neurons"):
        Plan(against=[str(other)]).check_task(task)
    replace(Ranking.load(other / "ranking.json"), checkpoint_sha256="f" * 64).save(other / "ranking.json")
    with pytest.raises(InputError, match="are of different models"):
        Plan(against=[str(other)]).check_task(task)
