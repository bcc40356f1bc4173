"""Training, also with another seed."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.paper import train_models as models
from tests.pipelines.paper.finished_experiments import experiment_of
from tests.pipelines.trained_checkpoints import write_checkpoints


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
    assert models.best_validation(experiment.folder, "2").perplexity == pytest.approx(6.0)
    models.train(experiment)
    assert seen["2"] == [2, 12, 22]


def test_a_model_that_never_finds_attention__ends_in_one_sentence(tmp_path, monkeypatch):
    trainings(monkeypatch, lambda model, seed: 11.5 if model == "2" else 6.0)
    with pytest.raises(InputError, match="models 2 formed no attention with 4 seeds"):
        models.train(experiment_of(tmp_path))


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
