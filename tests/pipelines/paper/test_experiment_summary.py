"""What is gathered, and how it is found again."""

from __future__ import annotations

import math

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.experiment_summary import curve_of, scores_of, subset_accuracy, summarise
from fairseq_neurons.pipelines.paper.measure_steps import ablations
from tests.pipelines.paper.finished_experiments import experiment_of, probe_of, summary_of


def test_scores_of__has_a_score_a_seed_and_infinity_for_none():
    summary = summary_of()
    assert scores_of(curve_of(summary, "lm1"), "cross-model", "random")[10] == [52.0, 53.0]
    summary["curves"]["lm1"]["points"][0]["score"] = None
    curve = curve_of(summary, "lm1")
    assert scores_of(curve, "cross-model", "top") == {0: [math.inf], 5: [51.5], 10: [53.0], 20: [56.0], 40: [62.0]}
    assert scores_of(curve, "none", "top") == {}
    summary["curves"]["lm1"]["points"][0]["neurons"] = "many"
    with pytest.raises(InputError, match="made, curve of lm1 is damaged: 'neurons' is missing or not an integer"):
        curve_of(summary, "lm1")


def test_subset_accuracy__is_of_one_kind_end_and_fraction():
    assert subset_accuracy(probe_of(), "mask", "bottom", 0.15) == 0.4
    with pytest.raises(InputError, match="no accuracy of a probe for mask, bottom 30 %"):
        subset_accuracy(probe_of(), "mask", "bottom", 0.3)


def test_a_summary_of_unfinished_curves__is_refused(tmp_path):
    experiment = experiment_of(tmp_path)
    (experiment.folder / "logs").mkdir(parents=True)
    for job in ablations(experiment):
        if job != "ablate-1-others":
            (experiment.folder / "logs" / f"{job}.done").touch()
    with pytest.raises(InputError, match=r"ablate-1-others is not finished; steps=\[ablate,sum\] resumes it"):
        summarise(experiment)
