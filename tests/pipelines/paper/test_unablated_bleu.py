"""Models of an experiment that do not translate are named."""

from __future__ import annotations

import logging

import pytest

from fairseq_neurons.ablation.curve_records import Choice, Point
from fairseq_neurons.pipelines.paper.model_size import Size
from fairseq_neurons.pipelines.paper.unablated_bleu import warn_of_low_bleu
from tests.ablation.curve_files import write_curve
from tests.pipelines.paper.finished_experiments import experiment_of
from tests.pipelines.trained_checkpoints import write_checkpoints


def point(neurons: int, score: float) -> Point:
    choice = Choice("rankings/1/cross-model.json", "top", None)
    return Point(*choice, neurons, f"{neurons}", "bleu", score, signature=f"{neurons}")


@pytest.mark.parametrize(("unablated", "is_named"), [(0.17, True), (38.2, False)])
def test_a_model_that_does_not_translate__is_named_with_its_perplexity(tmp_path, caplog, unablated, is_named):
    caplog.set_level(logging.WARNING)
    experiment = experiment_of(tmp_path, size=Size(name="tiny", studied=1))
    write_curve(experiment.folder / "curves" / "1", [point(0, unablated), point(9, 0.01)], metric="bleu")
    write_checkpoints(experiment.folder / "models" / "1", 151.0)
    warn_of_low_bleu(experiment)
    named = "Model 1 does not translate: BLEU 0.17 with no neuron masked, validation perplexity 151" in caplog.text
    assert named == is_named and bool(caplog.text) == is_named
