"""The ``fairseq-train`` command of a translation model or a language model."""

from __future__ import annotations

from dataclasses import dataclass

from fairseq_neurons.pipelines.recipes.model_files import data_folder, is_language_model
from fairseq_neurons.shipped_folders import user_dir


@dataclass(frozen=True)
class Training:
    """How a model is trained.

    Args:
        arch: of translation models.
        hidden: units of the embeddings, and of each direction of each encoder layer.
        decoder_hidden: units of each decoder layer; a language model is a decoder.
        epochs: at most; the best by validation loss is used.
        rate: learning rate after the warm-up.
        warmup: updates.
        dropout: probability.
        max_tokens: of a batch.
        more: further options of ``fairseq-train``.
    """

    arch: str
    hidden: int
    decoder_hidden: int
    epochs: int
    rate: float
    warmup: int
    dropout: float
    max_tokens: int
    more: tuple[str, ...] = ()


def train_command(model: str, training: Training, seed: int) -> list[str]:
    """Train a model of this name, which says its kind, on ``bin/MODEL``; checkpoints go to ``models/MODEL``."""
    encoder = ["--encoder-embed-dim", str(training.hidden), "--encoder-hidden-size", str(training.hidden)]
    decoder = ["--decoder-embed-dim", str(training.hidden), "--decoder-hidden-size", str(training.decoder_hidden)]
    if is_language_model(model):
        kind = ["--task", "language_modeling_neurons", "--arch", "lstm_lm_dalvi2019", *decoder]
    else:
        kind = ["--task", "translation_neurons", "--arch", training.arch, *encoder, *decoder]
    return [
        *("fairseq-train", data_folder(model), *kind, "--seed", str(seed), "--max-epoch", str(training.epochs)),
        *("--save-dir", f"models/{model}", "--user-dir", str(user_dir())),
        *("--optimizer", "adam", "--lr", str(training.rate), "--clip-norm", "1"),
        *("--lr-scheduler", "inverse_sqrt", "--warmup-updates", str(training.warmup)),
        *("--dropout", str(training.dropout), "--max-tokens", str(training.max_tokens), "--num-workers", "0"),
        *("--no-epoch-checkpoints", "--no-progress-bar", *training.more),
    ]
