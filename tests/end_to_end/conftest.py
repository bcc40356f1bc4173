"""A small world made by the real fairseq commands, once for all workers: text, data folders, 8-dimensional models."""

from __future__ import annotations

import fcntl
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

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


def run(*command: object, folder: Path | None = None, **options) -> subprocess.CompletedProcess[str]:
    """Run one of fairseq's or our console commands; does not raise."""
    program = Path(sys.executable).parent / str(command[0])
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [str(program), *map(str, command[1:])], cwd=folder, env=environment, capture_output=True, text=True, **options
    )


def succeed(*command: object, **options) -> str:
    done = run(*command, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


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
        return self.folder / "models" / name / "checkpoint_best.pt"


@pytest.fixture(scope="session")
def world(tmp_path_factory, worker_id) -> World:
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "world"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _make_world(World(folder))
            (folder / "ready").touch()
    return World(folder)


def _make_world(world: World) -> None:
    _write_text(world.folder)
    pair = ["-s", "en", "-t", "fr", "--thresholdsrc", "2", "--trainpref", "train", "--validpref", "valid"]
    succeed("fairseq-preprocess", *pair, "--testpref", "test", "--destdir", "bin", folder=world.folder)
    source = ["--trainpref", "train.en", "--validpref", "valid.en", "--testpref", "test.en"]
    lm = ["fairseq-preprocess", "--only-source", "--srcdict", "bin/dict.en.txt", *source, "--destdir", "bin-lm"]
    succeed(*lm, folder=world.folder)
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(_train, world, name) for name in ("separate", "joint", "joint2", "lm")]:
            future.result()


def _train(world: World, name: str) -> None:
    archs = {"separate": "lstm_dalvi2019", "lm": "lstm_lm_dalvi2019"}
    seed = "2" if name.endswith("2") else "1"
    common = ["--arch", archs.get(name, "lstm_dalvi2019_joint"), "--save-dir", f"models/{name}", "--seed", seed]
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
