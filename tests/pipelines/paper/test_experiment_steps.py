"""Which steps are run, and in which order."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.experiment_steps import STAGES, chosen
from tests.pipelines.paper.finished_experiments import experiment_of


def test_chosen__is_in_the_order_of_the_steps_and_has_each_once(tmp_path):
    assert chosen(experiment_of(tmp_path, steps=["train", "text", "train"])) == ["text", "train"]
    assert chosen(experiment_of(tmp_path)) == list(STAGES)


def test_a_step_whose_inputs_are_not_there__is_one_sentence(tmp_path):
    experiment = experiment_of(tmp_path, steps=["rank", "probe"])
    with pytest.raises(InputError, match=r"steps=\[rank\] needs .*activations, which does not exist"):
        chosen(experiment)
    (experiment.folder / "activations").mkdir(parents=True)
    assert chosen(experiment) == ["rank", "probe"]


def test_needs__are_steps_before(tmp_path):
    names = list(STAGES)
    for place, (name, stage) in enumerate(STAGES.items()):
        assert set(stage.needs) <= set(names[:place]), name
