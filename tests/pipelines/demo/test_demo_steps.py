"""The commands of the demo's models."""

from __future__ import annotations

import pytest

from fairseq_neurons.pipelines.demo import demo_steps as steps
from fairseq_neurons.pipelines.jobs import Jobs
from fairseq_neurons.pipelines.recipes import binarisation
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

ENGLISH_FRENCH = Languages("en", "fr")


@pytest.fixture
def jobs(monkeypatch) -> Jobs:
    """All commands that would be run, by the name of the log."""
    found: Jobs = {}
    monkeypatch.setattr(steps, "run_all", lambda commands, folder: found.update(commands))
    monkeypatch.setattr(binarisation, "run_all", lambda commands, folder, workers: found.update(commands))
    return found


def value(command: list[str], option: str) -> str:
    return command[command.index(option) + 1]


def test_preprocess__gives_each_translation_model_a_third_and_the_language_model_all(tmp_path, jobs):
    steps.preprocess(tmp_path, ENGLISH_FRENCH)
    trained_on = {name: value(command, "--trainpref") for name, command in jobs.items()}
    assert trained_on == {
        "preprocess": "text/train",
        **{f"preprocess{third}": f"text/third{third}" for third in "123"},
        "preprocess-lm": "text/train.en",
    }


def test_train__has_a_seed_a_model_and_fewer_epochs_of_the_language_model(tmp_path, jobs):
    steps.train(tmp_path, steps.training_of("lstm_dalvi2019_joint", hidden=8, epochs=9))
    assert list(jobs) == ["train1", "train2", "train3", "train-lm"]
    assert [value(command, "--seed") for command in jobs.values()] == ["1", "2", "3", "1"]
    assert [value(command, "--max-epoch") for command in jobs.values()] == ["9", "9", "9", "4"]
    assert [value(command, "--decoder-hidden-size") for command in jobs.values()] == ["16"] * 4
    assert "--encoder-hidden-size" not in jobs["train-lm"]


def test_dump__reads_the_same_words_with_every_model(tmp_path, jobs):
    for model in ("2", "lm"):
        (tmp_path / "activations" / model).mkdir(parents=True)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "generate2.done").touch()
    steps.dump(tmp_path, ENGLISH_FRENCH)
    assert [command[:2] for command in jobs.values()] == [["fairseq-generate", "bin/1"]] * 3 + [
        ["fairseq-eval-lm", "bin/lm"]
    ]
    assert {value(command, "--dump-text") for command in jobs.values()} == {"text/test.en"}
    dumps = [value(command, "--dump-activations") for command in jobs.values()]
    assert dumps == ["activations/1", "activations/2", "activations/3", "activations/lm"]
    # The dump that a killed run left unmarked is removed, the finished one is kept.
    assert [path.name for path in (tmp_path / "activations").iterdir()] == ["2"]


def test_train__of_a_transformer_has_one_as_language_model_and_a_longer_warm_up(tmp_path, jobs):
    steps.train(tmp_path, steps.training_of("transformer_iwslt_de_en", hidden=8, epochs=9, layers=2))
    assert [value(jobs[name], "--arch") for name in ("train1", "train-lm")] == [
        "transformer_iwslt_de_en",
        "transformer_lm",
    ]
    assert {value(command, "--warmup-updates") for command in jobs.values()} == {"400"}
    assert {value(command, "--decoder-layers") for command in jobs.values()} == {"2"}
