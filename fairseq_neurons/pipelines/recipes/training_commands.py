"""The ``fairseq-train`` command of a translation model or a language model."""

from __future__ import annotations

from dataclasses import dataclass

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.model_files import data_folder, is_language_model
from fairseq_neurons.shipped_folders import user_dir

HEADS = 4


@dataclass(frozen=True)
class Training:
    """How a model is trained.

    Args:
        arch: of translation models. Language models are LSTMs, or transformers if these are.
        hidden: units of the embeddings, and of each direction of each layer of an LSTM's encoder or of each layer of a
            transformer.
        decoder_hidden: units of each layer of an LSTM's decoder; a language model is a decoder.
        epochs: at most; the best by validation loss is used.
        rate: learning rate after the warm-up.
        warmup: updates.
        dropout: probability.
        max_tokens: of a batch.
        more: further options of ``fairseq-train``.
        layers: of the encoder, and of the decoder; None is the architecture's own number.
        ffn: feed-forward units of a transformer's layers; None is four times ``hidden``.
        heads: of each attention of a transformer; None is 4.
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
    layers: int | None = None
    ffn: int | None = None
    heads: int | None = None

    def __post_init__(self) -> None:
        heads = self.heads or HEADS
        if self.is_transformer and self.hidden % heads:
            raise InputError(
                f"hidden={self.hidden} cannot be shared among {heads} heads: it must be a multiple of {heads}."
            )

    @property
    def is_transformer(self) -> bool:
        return self.arch.startswith("transformer")

    def sizes(self, side: str) -> list[str]:
        """The flags of one side, ``encoder`` or ``decoder``."""
        if self.is_transformer:
            sizes = {"ffn-embed-dim": self.ffn or 4 * self.hidden, "attention-heads": self.heads or HEADS}
        else:
            sizes = {"hidden-size": self.hidden if side == "encoder" else self.decoder_hidden}
        sizes = {"embed-dim": self.hidden, **sizes, **({"layers": self.layers} if self.layers else {})}
        return [text for name, size in sizes.items() for text in (f"--{side}-{name}", str(size))]


def train_command(model: str, training: Training, seed: int) -> list[str]:
    """Train a model of this name, which says its kind, on ``bin/MODEL``; checkpoints go to ``models/MODEL``."""
    if is_language_model(model):
        arch = "transformer_lm" if training.is_transformer else "lstm_lm_dalvi2019"
        kind = ["--task", "language_modeling_neurons", "--arch", arch, *training.sizes("decoder")]
    else:
        sizes = [*training.sizes("encoder"), *training.sizes("decoder")]
        kind = ["--task", "translation_neurons", "--arch", training.arch, *sizes]
    return [
        *("fairseq-train", data_folder(model), *kind, "--seed", str(seed), "--max-epoch", str(training.epochs)),
        *("--save-dir", f"models/{model}", "--user-dir", str(user_dir())),
        *("--optimizer", "adam", "--lr", str(training.rate), "--clip-norm", "1"),
        *("--lr-scheduler", "inverse_sqrt", "--warmup-updates", str(training.warmup)),
        *("--dropout", str(training.dropout), "--max-tokens", str(training.max_tokens), "--num-workers", "0"),
        *("--no-epoch-checkpoints", "--no-progress-bar", *training.more),
    ]
