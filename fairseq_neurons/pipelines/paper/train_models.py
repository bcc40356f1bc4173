"""Train the models of an experiment; one that forms no attention is trained with another seed."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import run_again, run_all
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.recipes.model_files import is_language_model
from fairseq_neurons.pipelines.recipes.training_commands import Training, train_command
from fairseq_neurons.pipelines.recipes.translation_quality import best_validation, without_attention
from fairseq_neurons.storage.files import write_text_whole
from fairseq_neurons.storage.json_fields import read_object

logger = logging.getLogger(__name__)

# Each further try adds this to the seed.
SEED_STEP = 10
TRIES = 4


def train(experiment: Experiment) -> None:
    """Train all models; an interrupted training resumes after its last whole epoch.

    Raises:
        InputError: if the architecture does not translate, a training fails, or a model forms no attention with any of
            ``TRIES`` seeds.
    """
    from fairseq_neurons.plugin.known_models import check_translation_architecture

    check_translation_architecture(experiment.arch)
    folder = experiment.folder
    seeds = read_seeds(experiment)
    for _ in range(TRIES):
        jobs = {f"train{model}": _command(experiment, model, seeds[model]) for model in experiment.models}
        run_all(jobs, folder, experiment.workers)
        perplexities = {model: best_validation(folder, model).perplexity for model in experiment.translation_models}
        failed = without_attention(perplexities)
        if not failed:
            return
        for model, perplexity in failed.items():
            seeds[model] += SEED_STEP
            message = "Model %s has formed no attention (perplexity %.1f): training it with seed %d"
            logger.info(message, model, perplexity, seeds[model])
            _remove(folder, model)
        write_text_whole(folder / "seeds.json", json.dumps(seeds) + "\n")
    raise InputError(f"{folder}: models {', '.join(failed)} formed no attention with {TRIES} seeds; train for longer.")


def read_seeds(experiment: Experiment) -> dict[str, int]:
    """The seed that each model was or will be trained with."""
    file = experiment.folder / "seeds.json"
    if file.exists():
        fields = read_object(file, "seeds")
        return {model: fields.required(model, int) for model in fields.content}
    return {model: int(model.removeprefix("lm")) for model in experiment.models}


def _remove(folder: Path, model: str) -> None:
    """Remove a trained model; a run that is killed meanwhile either trains it anew or resumes with all of it."""
    run_again(folder, f"train{model}")
    (folder / "models" / model / "checkpoint_last.pt").unlink()
    shutil.rmtree(folder / "models" / model)


def _command(experiment: Experiment, model: str, seed: int) -> list[str]:
    size, lm = experiment.size, is_language_model(model)
    training = Training(
        arch=experiment.arch,
        hidden=size.hidden,
        decoder_hidden=size.hidden if lm else size.decoder_hidden,
        epochs=size.lm_epochs if lm else size.epochs,
        rate=size.rate,
        warmup=size.warmup or 200,
        dropout=size.dropout,
        max_tokens=size.max_tokens,
        layers=size.layers,
        ffn=size.ffn,
        heads=size.heads,
        more=("--warmup-init-lr", str(min(1e-4, size.rate)), "--patience", str(size.patience)),
    )
    return train_command(model, training, seed)
