"""Settings that stay with their results."""

from __future__ import annotations

import json
import logging

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.experiment_folder import SETTINGS, ExperimentFolder
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.paper.model_size import Size
from tests.pipelines.paper.finished_experiments import experiment_of


def begin(experiment: Experiment) -> None:
    with ExperimentFolder(experiment):
        pass


def begun(tmp_path, **options):
    """An experiment that has made its texts."""
    experiment = experiment_of(tmp_path, **options)
    begin(experiment)
    (experiment.folder / "text").mkdir(exist_ok=True)
    return experiment


def test_folder__resumes_with_the_same_settings_wherever_and_whichever_steps(tmp_path, monkeypatch):
    experiment = begun(tmp_path)
    written = (experiment.folder / SETTINGS).read_bytes()
    monkeypatch.chdir(tmp_path)
    again = experiment_of(tmp_path, steps=["sum"], workers=3)
    again.corpus, again.out = "corpus", "out"
    begin(again)
    assert (experiment.folder / SETTINGS).read_bytes() == written


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"size": Size(name="tiny", epochs=3)}, "was made with size.epochs=15, not 3; choose another out="),
        ({"points": ["0%", "50%"]}, "was made with points=.*, not "),
        ({"tasks": {"pos": LabelTask("EN POS", "other.pos", "test.pos")}}, "tasks.pos.train_labels=train.pos, not oth"),
        ({"tasks": {"sem": LabelTask("EN SEM", "a", "b")}}, "made with tasks.sem.title=None, not EN SEM"),
    ],
)
def test_folder__refuses_settings_that_the_results_are_not_of(tmp_path, options, sentence):
    begun(tmp_path)
    with pytest.raises(InputError, match=sentence):
        begin(experiment_of(tmp_path, **options))


def test_folder__refuses_another_corpus(tmp_path):
    begun(tmp_path)
    other = experiment_of(tmp_path)
    other.corpus = str(tmp_path / "other")
    with pytest.raises(InputError, match="was made with corpus=.*corpus, not .*other"):
        begin(other)


def test_folder__lets_settings_be_mended_until_something_has_been_made(tmp_path):
    begin(experiment_of(tmp_path, threshold=1))
    experiment = experiment_of(tmp_path)
    begin(experiment)
    assert json.loads((experiment.folder / SETTINGS).read_text())["threshold"] == 2


def test_folder__takes_results_without_settings_to_be_of_these_and_says_so(tmp_path, caplog):
    experiment = begun(tmp_path)
    (experiment.folder / SETTINGS).unlink()
    with caplog.at_level(logging.WARNING):
        begin(experiment)
    assert "taken to be of these settings" in caplog.text
    with pytest.raises(InputError, match="threshold=2, not 1"):
        begin(experiment_of(tmp_path, threshold=1))


def test_damaged_settings__are_one_sentence(tmp_path):
    experiment = begun(tmp_path)
    (experiment.folder / SETTINGS).write_text("{")
    with pytest.raises(InputError, match="is damaged"):
        begin(experiment)
    assert (experiment.folder / "text").is_dir()


def test_two_runs_at_once__are_refused(tmp_path):
    experiment = begun(tmp_path)
    with ExperimentFolder(experiment), pytest.raises(InputError, match="Another run is writing"):
        begin(experiment)
    begin(experiment)


def test_failure_before_there_are_results__leaves_a_new_folder_out(tmp_path):
    experiment = experiment_of(tmp_path)
    with pytest.raises(InputError, match="no corpus"), ExperimentFolder(experiment):
        raise InputError("no corpus")
    assert not experiment.folder.exists()
    with pytest.raises(KeyboardInterrupt), ExperimentFolder(experiment):
        (experiment.folder / "text").mkdir()
        raise KeyboardInterrupt
    assert (experiment.folder / SETTINGS).exists()
