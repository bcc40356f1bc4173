"""From parallel text to ablated translations: what the README shows, step by step, with fairseq's own commands."""

from __future__ import annotations

import logging
import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import run_all, user_dir
from fairseq_neurons.rankings.cross_model import correlate
from fairseq_neurons.storage.files import read_lines, write_text_whole
from fairseq_neurons.toy_corpus.corpus_files import write_corpus

logger = logging.getLogger(__name__)

THIRDS = ("1", "2", "3")
# Bounds the translations of ablated models, some of which never end.
SEARCH = ("max_len_a=2", "max_len_b=10")


@dataclass(frozen=True)
class Sizes:
    """Of the demo's models: small enough for minutes on two cores, large enough to translate."""

    hidden: int = 64
    epochs: int = 17
    lm_epochs: int = 4
    max_tokens: int = 400
    rate: float = 5e-3


@dataclass(frozen=True)
class Languages:
    """Suffixes of the parallel files."""

    src: str
    tgt: str


def prepare_text(folder: Path, corpus: str | None, languages: Languages, seed: int) -> None:
    """Write ``text/``: train, valid and test, and the training text in three equal parts, one for each model.

    Args:
        folder: of the demo.
        corpus: prefix of the user's parallel files, or None for the built-in grammar.
        languages: their suffixes.
        seed: of the grammar, or of the choice of held-out sentences.
    """
    if (folder / "text").exists():
        return
    text = folder / "text.partial"
    text.mkdir(parents=True, exist_ok=True)
    if corpus is None:
        write_corpus(text, seed=seed)
    else:
        _hold_out(text, corpus, languages, seed)
    for language in (languages.src, languages.tgt):
        lines = read_lines(text / f"train.{language}", "text")
        for i, third in enumerate(THIRDS):
            _write(text / f"third{third}.{language}", lines[i::3])
    text.rename(folder / "text")


def preprocess(folder: Path, languages: Languages) -> None:
    """Binarise: one dictionary for all, a data folder for each third, and one for the language model."""
    pair = ["-s", languages.src, "-t", languages.tgt]
    held_out = ["--validpref", "text/valid", "--testpref", "text/test"]
    source = [f"text/{split}.{languages.src}" for split in ("train", "valid", "test")]
    dictionaries = ["--srcdict", f"bin/all/dict.{languages.src}.txt", "--tgtdict", f"bin/all/dict.{languages.tgt}.txt"]
    train = ["--trainpref", "text/train", "--thresholdsrc", "2", "--thresholdtgt", "2"]
    run_all({"preprocess": ["fairseq-preprocess", *pair, *train, *held_out, "--destdir", "bin/all"]}, folder)
    jobs = {
        f"preprocess{third}": [
            *("fairseq-preprocess", *pair, "--trainpref", f"text/third{third}", *held_out),
            *(*dictionaries, "--destdir", f"bin/{third}"),
        ]
        for third in THIRDS
    }
    jobs["preprocess-lm"] = [
        *("fairseq-preprocess", "--only-source", "--srcdict", f"bin/all/dict.{languages.src}.txt"),
        *("--trainpref", source[0], "--validpref", source[1], "--testpref", source[2], "--destdir", "bin/lm"),
    ]
    run_all(jobs, folder)


def train(folder: Path, sizes: Sizes) -> None:
    """Train three translation models, one a third, and a language model of the source side."""
    common = [
        *("--user-dir", str(user_dir()), "--optimizer", "adam", "--lr", str(sizes.rate), "--clip-norm", "1"),
        *("--lr-scheduler", "inverse_sqrt", "--warmup-updates", "100", "--dropout", "0.1"),
        *("--max-tokens", str(sizes.max_tokens), "--num-workers", "0", "--no-epoch-checkpoints", "--no-progress-bar"),
    ]
    decoder = ["--decoder-embed-dim", str(sizes.hidden), "--decoder-hidden-size", str(2 * sizes.hidden)]
    encoder = ["--encoder-embed-dim", str(sizes.hidden), "--encoder-hidden-size", str(sizes.hidden)]
    jobs = {
        f"train{third}": [
            *("fairseq-train", f"bin/{third}", "--task", "translation_neurons", "--arch", "lstm_dalvi2019_joint"),
            *(*encoder, *decoder, "--seed", third, "--max-epoch", str(sizes.epochs)),
            *("--save-dir", f"models/{third}", *common),
        ]
        for third in THIRDS
    }
    jobs["train-lm"] = [
        *("fairseq-train", "bin/lm", "--task", "language_modeling_neurons", "--arch", "lstm_lm_dalvi2019"),
        *(*decoder, "--seed", "1", "--max-epoch", str(sizes.lm_epochs), "--save-dir", "models/lm", *common),
    ]
    run_all(jobs, folder)


def dump(folder: Path, languages: Languages) -> None:
    """Translate the test set with every model, writing down the encoder states; likewise the language model's."""
    # A run that was killed between a whole dump and its mark would find the name taken.
    for job, name in (("eval-lm", "lm"), *((f"generate{third}", third) for third in THIRDS)):
        if not (folder / "logs" / f"{job}.done").exists():
            shutil.rmtree(folder / "activations" / name, ignore_errors=True)
    ours = ["--user-dir", str(user_dir()), "--gen-subset", "test", "--max-tokens", "4000"]
    text = ["--dump-text", f"text/test.{languages.src}"]
    jobs = {
        f"generate{third}": [
            *("fairseq-generate", "bin/1", "--task", "translation_neurons", "--path", checkpoint(third)),
            *("--dump-activations", f"activations/{third}", *text, *ours),
        ]
        for third in THIRDS
    }
    jobs["eval-lm"] = [
        *("fairseq-eval-lm", "bin/lm", "--task", "language_modeling_neurons", "--path", checkpoint("lm")),
        *("--dump-activations", "activations/lm", *text, *ours),
    ]
    run_all(jobs, folder)


def rank(folder: Path) -> None:
    """Rank the first translation model's neurons by their likes in the other two, the language model's by all three.

    ``nmt.variance`` ranks the first model's by itself, for comparison (Figure 7).
    """
    dumps = [folder / "activations" / third for third in THIRDS]
    models = {"nmt": dumps, "lm": [folder / "activations" / "lm", *dumps], "nmt.variance": dumps[:1]}
    for name, activations in models.items():
        ranking = correlate(activations, method="variance" if name.endswith("variance") else "max")
        ranking.save(folder / "rankings" / f"{name}.json")
        best = ", ".join(ranking.neurons.name(i) for i in ranking.top(3).tolist())
        logger.info("rankings/%s.json: %s first (%s)", name, best, ranking.signature)


def checkpoint(model: str) -> str:
    """The best checkpoint of a model, relative to the demo's folder."""
    return f"models/{model}/checkpoint_best.pt"


def _hold_out(text: Path, corpus: str, languages: Languages, seed: int) -> None:
    sides = [read_lines(Path(f"{corpus}.{language}"), "text") for language in (languages.src, languages.tgt)]
    if len(sides[0]) != len(sides[1]):
        raise InputError(
            f"{corpus}.{languages.src} has {len(sides[0])} lines, {corpus}.{languages.tgt} {len(sides[1])}: "
            "line n of one must translate line n of the other."
        )
    pairs = [pair for pair in zip(*sides, strict=True) if all(side.split() for side in pair)]
    held_out = min(500, len(pairs) // 10)
    if held_out < 10:
        raise InputError(f"{corpus} has {len(pairs)} sentence pairs; the demo needs at least 100.")
    random.Random(seed).shuffle(pairs)
    splits = {"valid": pairs[:held_out], "test": pairs[held_out : 2 * held_out], "train": pairs[2 * held_out :]}
    for split, chosen in splits.items():
        for i, language in enumerate((languages.src, languages.tgt)):
            _write(text / f"{split}.{language}", [pair[i] for pair in chosen])


def _write(path: Path, lines: Sequence[str]) -> None:
    write_text_whole(path, "".join(line + "\n" for line in lines))
