"""A small world made by fairseq's commands, once for all workers: text, data folders, 8-dimensional models."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.running import succeed
from tests.shared_folders import made_once

ROOT = Path(__file__).parents[2]
TRANSLATION = ["--task", "translation_neurons", "--user-dir", str(ROOT / "user_dir")]
LANGUAGE_MODEL = ["--task", "language_modeling_neurons", "--user-dir", str(ROOT / "user_dir")]
TRAINING = [
    "--optimizer",
    "adam",
    "--lr",
    "0.01",
    "--max-tokens",
    "300",
    "--num-workers",
    "0",
    "--no-epoch-checkpoints",
]
ENCODER = ["--encoder-embed-dim", "8", "--encoder-hidden-size", "8"]
DECODER = ["--decoder-embed-dim", "8", "--decoder-hidden-size", "8"]


@dataclass(frozen=True)
class World:
    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "bin"

    @property
    def lm_data(self) -> Path:
        return self.folder / "bin-lm"

    def text(self, split: str, language: str = "en") -> Path:
        return self.folder / f"{split}.{language}"

    def model(self, name: str) -> Path:
        """A checkpoint, trained when first asked for: ``separate``, ``joint``, ``joint2`` (another seed) or ``lm``."""
        made_once(self.folder / "models" / name, lambda folder: _train(self, name, folder))
        return self.folder / "models" / name / "checkpoint_best.pt"


@pytest.fixture(scope="session")
def world(session_folder) -> World:
    return World(made_once(session_folder / "world", _prepare))


def _prepare(folder: Path) -> None:
    _write_text(folder)
    pair = ["-s", "en", "-t", "fr", "--thresholdsrc", "2", "--trainpref", "train", "--validpref", "valid"]
    succeed("fairseq-preprocess", *pair, "--testpref", "test", "--destdir", "bin", folder=folder)
    source = ["--trainpref", "train.en", "--validpref", "valid.en", "--testpref", "test.en"]
    lm = ["--only-source", "--srcdict", "bin/dict.en.txt", *source, "--destdir", "bin-lm"]
    succeed("fairseq-preprocess", *lm, folder=folder)


def _train(world: World, name: str, folder: Path) -> None:
    archs = {"separate": "lstm_dalvi2019", "lm": "lstm_lm_dalvi2019"}
    seed = "2" if name.endswith("2") else "1"
    common = ["--arch", archs.get(name, "lstm_dalvi2019_joint"), "--save-dir", folder, "--seed", seed]
    if name == "lm":
        sizes = ["bin-lm", *LANGUAGE_MODEL, *DECODER, "--max-epoch", "2"]
    else:
        sizes = ["bin", *TRANSLATION, *ENCODER, *DECODER, "--max-epoch", "3"]
    succeed("fairseq-train", *sizes, *common, *TRAINING, folder=world.folder)


def _write_text(folder: Path) -> None:
    """Word-for-word translation; a few English words occur once, so that the dictionary does not know them."""
    chance = random.Random(5)
    for split, count in (("train", 300), ("valid", 20), ("test", 30)):
        english, french = [], []
        for i in range(count):
            words = [f"word{chance.randrange(20)}" for _ in range(chance.randrange(1, 9))]
            if i % 10 == 0:
                words.append(f"rare{split}{i}")
            english.append(" ".join(words))
            french.append(" ".join(word.replace("word", "mot") if "word" in word else "autre" for word in words))
        (folder / f"{split}.en").write_text("\n".join(english) + "\n", encoding="utf-8")
        (folder / f"{split}.fr").write_text("\n".join(french) + "\n", encoding="utf-8")
