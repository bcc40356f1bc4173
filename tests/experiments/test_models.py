"""Training, and training again."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.experiments import models
from tests.experiments.made import experiment_of

LINE = "2026 | INFO | valid | epoch 00{} | valid on 'valid' subset | loss 3.1 | ppl {} | wps 9 | best_loss 2\n"


def trainings(monkeypatch, perplexities):
    """Let every training write a log; its perplexity depends on model and seed. Returns the seeds by model."""
    seen: dict[str, list[int]] = {}

    def run_all(jobs, folder):
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        for name, command in jobs.items():
            if (folder / "logs" / f"{name}.done").exists():
                continue
            model, seed = name.removeprefix("train"), int(command[command.index("--seed") + 1])
            seen.setdefault(model, []).append(seed)
            (folder / "models" / model).mkdir(parents=True)
            log = LINE.format(1, 99) + LINE.format(2, perplexities(model, seed)) + LINE.format(3, 70)
            (folder / "logs" / f"{name}.log").write_text(log)
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
    assert models.best_perplexity(experiment.folder, "2") == 6.0
    models.train(experiment)
    assert seen["2"] == [2, 12, 22]


def test_a_model_that_never_finds_attention__ends_in_one_sentence(tmp_path, monkeypatch):
    trainings(monkeypatch, lambda model, seed: 11.5 if model == "2" else 6.0)
    with pytest.raises(InputError, match="models 2 found no attention with 4 seeds"):
        models.train(experiment_of(tmp_path))


def test_a_log_without_validation__is_one_sentence(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "train1.log").write_text("nothing\n")
    with pytest.raises(InputError, match="tells of no validation"):
        models.best_perplexity(tmp_path, "1")
