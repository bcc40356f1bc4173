"""What is gathered of an experiment."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.experiment_summary import summarise
from fairseq_neurons.pipelines.paper.measure_steps import ablations
from tests.pipelines.paper.finished_experiments import experiment_of


def test_a_summary_of_unfinished_curves__is_refused(tmp_path):
    experiment = experiment_of(tmp_path)
    (experiment.folder / "logs").mkdir(parents=True)
    for job in ablations(experiment):
        if job != "ablate-1-others":
            (experiment.folder / "logs" / f"{job}.done").touch()
    with pytest.raises(InputError, match=r"ablate-1-others is not finished; steps=\[ablate,sum\] resumes it"):
        summarise(experiment)
