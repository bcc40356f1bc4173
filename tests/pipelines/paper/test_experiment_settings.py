"""The settings of an experiment: what its files say, and which are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from fairseq_neurons.commands.hydra_command import hydra_command
from fairseq_neurons.commands.paper import PaperConfig, run
from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper.experiment_settings import STEPS, Experiment
from fairseq_neurons.pipelines.paper.experiment_steps import STAGES
from fairseq_neurons.pipelines.paper.label_task import LabelTask
from fairseq_neurons.pipelines.paper.model_size import Size
from fairseq_neurons.pipelines.paper.published_numbers import COLUMNS
from fairseq_neurons.shipped_folders import configs
from tests.pipelines.paper.finished_experiments import experiment_of

NAMES = sorted(path.stem for path in (configs() / "experiment").glob("*.yaml"))
SIZES = sorted(path.stem for path in (configs() / "size").glob("*.yaml"))
hydra_command("fairseq-neurons-paper", PaperConfig, run, "", configs())  # names the config


def composed(*overrides: str) -> Experiment:
    with initialize_config_dir(str(configs()), version_base="1.3", job_name="paper"):
        options = compose("fairseq-neurons-paper", overrides=["corpus=somewhere", *overrides])
    return Experiment.of(OmegaConf.to_container(options, resolve=True))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NAMES)
def test_every_experiment_of_configs__fits_every_size(name, size):
    experiment = composed(f"experiment={name}", f"size={size}")
    assert (experiment.name, experiment.size.name) == (name, size)
    assert experiment.folder == Path("runs/paper").absolute() / size / name
    assert {task.title for task in experiment.tasks.values()} <= set(COLUMNS)


def test_sizes__are_those_of_the_paper_and_a_small_one():
    assert composed("experiment=en-fr", "size=paper").size.hidden == 500
    assert composed("experiment=en-fr").size.hidden == 128


def test_an_experiment__may_train_longer_than_its_size_does_and_the_user_longer_still():
    assert composed("experiment=en-fr", "size=paper").size.epochs == 8
    assert composed("experiment=iwslt14-de-en", "size=paper").size.epochs == 20
    assert composed("experiment=iwslt14-de-en", "size=paper", "size.epochs=30").size.epochs == 30


def test_steps__are_the_stages_in_order():
    assert tuple(STAGES) == STEPS


def test_siblings__are_of_a_model_s_kind_or_the_translation_models_of_a_lone_one(tmp_path):
    experiment = experiment_of(tmp_path, size=Size(name="tiny", language_models=1, studied=1))
    assert experiment.siblings("2") == ["1", "3"]
    assert experiment.siblings("lm1") == ["1", "2", "3"]
    assert experiment.studied == ["1", "lm1"]
    assert experiment_of(tmp_path).siblings("lm2") == ["lm1", "lm3"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"steps": ["train", "nap"]}, "the steps are text, train"),
        ({"size": Size(name="s", models=1)}, "at least two translation models"),
        ({"size": Size(name="s", studied=4)}, "at most as many of the others"),
        ({"workers": 0}, "workers=0: at least one command"),
        ({"size": Size(name="s", seeds=0)}, "at least one random order"),
        ({"tasks": {}}, "tasks= is empty"),
        ({"tasks": {"variance": LabelTask("EN POS", "a", "b")}}, "tasks.variance: a name consists of"),
        ({"tasks": {"a,b": LabelTask("EN POS", "a", "b")}}, "tasks.a,b: a name consists of"),
    ],
)
def test_invalid_settings__are_refused(tmp_path, options, sentence):
    with pytest.raises(InputError, match=sentence):
        experiment_of(tmp_path, **options).check()
