"""Training, also with another seed."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import train_models as models
from tests.pipelines.paper.finished_experiments import experiment_of


def write_checkpoints(folder: Path, perplexity: float) -> None:
    """As far as they are looked at: the loss of the best, to base 2."""
    folder.mkdir(parents=True)
    for name in ("best", "last"):
        state = {"model": {}, "cfg": {"task": "made"}, "extra_state": {"best": math.log2(perplexity)}}
        torch.save(state, folder / f"checkpoint_{name}.pt")


def trainings(monkeypatch, perplexities):
    """Let every training write checkpoints; their perplexity depends on model and seed. Returns the seeds by model."""
    seen: dict[str, list[int]] = {}

    def run_all(jobs, folder, workers):
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        for name, command in jobs.items():
            if (folder / "logs" / f"{name}.done").exists():
                continue
            model, seed = name.removeprefix("train"), int(command[command.index("--seed") + 1])
            seen.setdefault(model, []).append(seed)
            write_checkpoints(folder / "models" / model, perplexities(model, seed))
            (folder / "logs" / f"{name}.done").touch()

    monkeypatch.setattr(models, "run_all", run_all)
    return seen


def test_a_model_without_attention__is_trained_again_with_another_seed(tmp_path, monkeypatch):
    seen = trainings(monkeypatch, lambda model, seed: 11.5 if seed in (2, 12) else 6.0)
    experiment = experiment_of(tmp_path)
    models.train(experiment)
    # The seeds of language models are their own: no attention is missing there.
    assert seen == {"1": [1], "2": [2, 12, 22], "3": [3], "lm1": [1], "lm2": [2], "lm3": [3]}
    assert models.read_seeds(experiment)["2"] == 22
    assert models.best_perplexity(experiment.folder, "2") == pytest.approx(6.0)
    models.train(experiment)
    assert seen["2"] == [2, 12, 22]


def test_a_model_that_never_finds_attention__ends_in_one_sentence(tmp_path, monkeypatch):
    trainings(monkeypatch, lambda model, seed: 11.5 if model == "2" else 6.0)
    with pytest.raises(InputError, match="models 2 formed no attention with 4 seeds"):
        models.train(experiment_of(tmp_path))


def test_a_training_that_left_no_checkpoint__is_one_sentence(tmp_path):
    with pytest.raises(InputError, match="checkpoint_best.pt does not exist"):
        models.best_perplexity(tmp_path, "1")


def test_the_log_of_a_resumed_training__has_no_say(tmp_path):
    write_checkpoints(tmp_path / "models" / "1", 8.0)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "train1.log").write_text("valid on 'valid' subset | loss 4 | ppl 16 | wps 9\n")
    assert models.best_perplexity(tmp_path, "1") == pytest.approx(8.0)


def test_a_run_that_is_killed_while_it_forgets_a_model__trains_it_anew(tmp_path, monkeypatch):
    seen = trainings(monkeypatch, lambda model, seed: 11.5 if (model, seed) == ("2", 2) else 6.0)
    experiment = experiment_of(tmp_path)

    def killed(path):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(models.shutil, "rmtree", killed)
        models.train(experiment)
    assert not (experiment.folder / "models/2/checkpoint_last.pt").exists()
    assert not (experiment.folder / "logs/train2.done").exists()
    assert models.read_seeds(experiment)["2"] == 2 and seen["2"] == [2]
