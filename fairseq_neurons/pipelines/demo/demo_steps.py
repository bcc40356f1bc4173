"""The demo's models: binarised text, training, dumps by fairseq's own commands, and rankings."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from fairseq_neurons.pipelines.demo.demo_text import THIRDS
from fairseq_neurons.pipelines.jobs import remove_unfinished, run_all
from fairseq_neurons.pipelines.recipes import binarisation
from fairseq_neurons.pipelines.recipes.model_files import checkpoint, data_folder, is_language_model
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from fairseq_neurons.pipelines.recipes.training_commands import Training, train_command
from fairseq_neurons.rankings.cross_model import correlate
from fairseq_neurons.shipped_folders import user_dir

logger = logging.getLogger(__name__)

LANGUAGE_MODEL = "lm"
LM_EPOCHS = 4


def preprocess(folder: Path, languages: Languages) -> None:
    """Binarise a third of the training text for each translation model, all of it for the language model."""
    binarisation.preprocess(folder, languages, threshold=2, parts={**THIRDS, LANGUAGE_MODEL: "train"})


def training_of(arch: str, hidden: int, epochs: int, layers: int | None = None) -> Training:
    """How the demo trains: models small enough for minutes on two cores, large enough to translate.

    Args:
        arch: of the translation models.
        hidden: units of each direction of each layer of an LSTM's encoder, whose decoder's layers have twice as many;
            units of each layer of a transformer.
        epochs: of the translation models.
        layers: of each side; by default as many as the architecture has.
    """
    training = Training(
        arch=arch,
        hidden=hidden,
        decoder_hidden=2 * hidden,
        epochs=epochs,
        rate=5e-3,
        warmup=100,
        dropout=0.1,
        max_tokens=400,
        layers=layers,
    )
    return replace(training, rate=2e-3, warmup=400) if training.is_transformer else training


def train(folder: Path, translation: Training) -> None:
    """Train the three translation models and the language model."""
    jobs = {f"train{third}": train_command(third, translation, seed=int(third)) for third in THIRDS}
    jobs["train-lm"] = train_command(LANGUAGE_MODEL, replace(translation, epochs=LM_EPOCHS), seed=1)
    run_all(jobs, folder)


def dump(folder: Path, languages: Languages) -> None:
    """Translate the test set with every translation model, and score it with the language model, dumping states."""
    jobs = {f"generate{third}": _dump("fairseq-generate", third, languages) for third in THIRDS}
    jobs["eval-lm"] = _dump("fairseq-eval-lm", LANGUAGE_MODEL, languages)
    for job, model in zip(jobs, (*THIRDS, LANGUAGE_MODEL), strict=True):
        remove_unfinished(folder, job, f"activations/{model}")
    run_all(jobs, folder)


def rank(folder: Path) -> None:
    """Rank neurons of the first translation model by the other two, of the language model by all three.

    ``nmt.variance`` ranks the first model's neurons by that model alone, for comparison (Figure 7).
    """
    dumps = [folder / "activations" / third for third in THIRDS]
    models = {"nmt": dumps, "lm": [folder / "activations" / LANGUAGE_MODEL, *dumps], "nmt.variance": dumps[:1]}
    for name, activations in models.items():
        ranking = correlate(activations, method="variance" if name.endswith("variance") else "max")
        ranking.save(folder / "rankings" / f"{name}.json")
        best = ", ".join(ranking.neurons.name(i) for i in ranking.top(3).tolist())
        logger.info("rankings/%s.json: %s first (%s)", name, best, ranking.signature)


def _dump(program: str, model: str, languages: Languages) -> list[str]:
    # All translation models read the same words of the same data folder.
    data, task = data_folder("1"), "translation_neurons"
    if is_language_model(model):
        data, task = data_folder(model), "language_modeling_neurons"
    return [
        *(program, data, "--task", task, "--path", checkpoint(model), "--dump-activations", f"activations/{model}"),
        *("--dump-text", f"text/test.{languages.src}", "--user-dir", str(user_dir())),
        *("--gen-subset", "test", "--max-tokens", "4000"),
    ]
