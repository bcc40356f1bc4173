"""Train the models of an experiment; one whose attention never forms is trained again with another seed."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import run_all, user_dir
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment, is_language_model
from fairseq_neurons.storage.files import read_text, write_text_whole

logger = logging.getLogger(__name__)

# Without attention a model's validation perplexity stays at about twice that of its sisters.
TOO_HIGH = 1.5
# Seeds of the second, third, ... try are so much larger.
ANOTHER = 10
TRIES = 4


def train(experiment: Experiment) -> None:
    """Train all models; an interrupted training goes on at its last epoch.

    Raises:
        InputError: if a training fails, or a model is no better with any of ``TRIES`` seeds.
    """
    folder = experiment.folder
    seeds = read_seeds(experiment)
    for _ in range(TRIES):
        models = [*experiment.translation_models, *experiment.language_models]
        jobs = {f"train{model}": _command(experiment, model, seeds[model]) for model in models}
        run_all(jobs, folder, experiment.workers)
        again = without_attention({model: best_perplexity(folder, model) for model in experiment.translation_models})
        if not again:
            return
        for model, perplexity in again.items():
            seeds[model] += ANOTHER
            logger.info("Model %s has no attention (perplexity %.1f): again, seed %d", model, perplexity, seeds[model])
            _forget(folder, model)
        write_text_whole(folder / "seeds.json", json.dumps(seeds) + "\n")
    raise InputError(f"{folder}: models {', '.join(again)} found no attention with {TRIES} seeds; train for longer.")


def read_seeds(experiment: Experiment) -> dict[str, int]:
    """The seed that each model has been trained with, or will be."""
    file = experiment.folder / "seeds.json"
    if file.exists():
        return dict(json.loads(read_text(file, "seeds")))
    return {model: int(model.removeprefix("lm")) for model in _all(experiment)}


def best_perplexity(folder: Path, model: str) -> float:
    """The validation perplexity of a model's best checkpoint: the log of a training that was resumed is not all of it.

    fairseq keeps the loss to three digits after the point, so this is exact to 0.04 %.

    Raises:
        InputError: if it cannot be read.
    """
    # It loads fairseq, which tables can do without.
    from fairseq_neurons.plugin.checkpoints import check_checkpoint

    state = check_checkpoint(str(folder / checkpoint(model)))
    return float(2 ** state["extra_state"]["best"])


def without_attention(perplexities: Mapping[str, float]) -> dict[str, float]:
    """Those of some models that are far above the best of them."""
    best = min(perplexities.values())
    return {model: perplexity for model, perplexity in perplexities.items() if perplexity > TOO_HIGH * best}


def checkpoint(model: str) -> str:
    """The best checkpoint of a model, relative to the experiment's folder."""
    return f"models/{model}/checkpoint_best.pt"


def _forget(folder: Path, model: str) -> None:
    """Remove a trained model; a run that is killed meanwhile trains it anew, or goes on with all of it."""
    (folder / "logs" / f"train{model}.done").unlink()
    (folder / "models" / model / "checkpoint_last.pt").unlink()
    shutil.rmtree(folder / "models" / model)


def _all(experiment: Experiment) -> list[str]:
    return [*experiment.translation_models, *experiment.language_models]


def _command(experiment: Experiment, model: str, seed: int) -> list[str]:
    size, lm = experiment.size, is_language_model(model)
    if lm:
        sizes = ["--decoder-embed-dim", str(size.hidden), "--decoder-hidden-size", str(size.hidden)]
        kind = ["--task", "language_modeling_neurons", "--arch", "lstm_lm_dalvi2019", *sizes]
    else:
        encoder = ["--encoder-embed-dim", str(size.hidden), "--encoder-hidden-size", str(size.hidden)]
        decoder = ["--decoder-embed-dim", str(size.hidden), "--decoder-hidden-size", str(size.decoder_hidden)]
        kind = ["--task", "translation_neurons", "--arch", experiment.arch, *encoder, *decoder]
    return [
        *("fairseq-train", f"bin/{model}", "--user-dir", str(user_dir()), *kind, "--optimizer", "adam"),
        *("--lr", str(size.rate), "--lr-scheduler", "inverse_sqrt", "--warmup-updates", "200"),
        *("--warmup-init-lr", str(min(1e-4, size.rate)), "--clip-norm", "1", "--dropout", str(size.dropout)),
        *("--max-tokens", str(size.max_tokens), "--max-epoch", str(size.lm_epochs if lm else size.epochs)),
        *("--patience", str(size.patience), "--seed", str(seed), "--num-workers", "0"),
        *("--no-epoch-checkpoints", "--no-progress-bar", "--save-dir", f"models/{model}"),
    ]
