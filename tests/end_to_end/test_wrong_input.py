"""Whatever is wrong: one sentence, exit status 1, nothing half-written."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.storage.sealed_json import sealed
from tests.activations.small_dumps import write_dump
from tests.end_to_end.conftest import LANGUAGE_MODEL, TRANSLATION, World
from tests.running import fail, run, succeed
from tests.untrained_models import write_checkpoint


def generate(world: World, checkpoint: object, *flags: object) -> list[object]:
    return ["fairseq-generate", world.data, *TRANSLATION, "--path", checkpoint, "--gen-subset", "test", *flags]


@pytest.fixture
def foreign_ranking(tmp_path) -> Path:
    neurons = Neurons.of([Block("encoder", 0, "fwd", 500)])
    Ranking.from_scores("m", neurons, np.arange(500), "s").save(tmp_path / "foreign.json")
    return tmp_path / "foreign.json"


def test_mask_flags_that_do_not_fit_the_model(world, foreign_ranking):
    joint = world.model("joint")
    assert "Neuron 32 is out of range" in fail(*generate(world, joint, "--mask-neurons", 32))
    ranking = ["--mask-ranking", foreign_ranking]
    assert "have different neurons" in fail(*generate(world, joint, *ranking, "--mask-top", 3))
    assert "between 0% and 100%" in fail(*generate(world, joint, *_own_ranking(foreign_ranking), "--mask-top", "120%"))


def test_mask_of_another_model_of_the_same_shape(world, tmp_path):
    joint, other = world.model("joint"), world.model("joint2")
    succeed(*generate(world, other, "--dump-activations", tmp_path / "other"))
    succeed(*generate(world, joint, "--dump-activations", tmp_path / "joint"))
    dumps = f"activations=[{tmp_path / 'other'},{tmp_path / 'joint'}]"
    succeed("fairseq-neurons-correlate", dumps, f"out={tmp_path / 'of_other.json'}")
    mask = ["--mask-ranking", tmp_path / "of_other.json", "--mask-top", 3]
    assert "are of different models" in fail(*generate(world, joint, *mask))
    mask = ["--mask-neurons", 3, "--mask-value", "mean", "--mask-means", tmp_path / "other"]
    assert "are of different models" in fail(*generate(world, joint, *mask))


def test_flags_that_would_do_nothing(world, tmp_path):
    joint = world.model("joint")
    assert "either --mask-neurons or --mask-ranking" in fail(*generate(world, joint, "--mask-value", 0.5))
    assert "--dump-activations" in fail(*generate(world, joint, "--dump-eos"))
    mask = ["--mask-neurons", 3, "--mask-means", tmp_path]
    assert "--mask-means is for --mask-value mean" in fail(*generate(world, joint, *mask))
    buckets = ["--num-batch-buckets", 2, "--dump-activations", tmp_path / "a"]
    assert "leave out --num-batch-buckets" in fail(*generate(world, joint, *buckets))


def test_folders_that_are_not_there(world, tmp_path):
    command = generate(world, world.model("joint"))
    assert "no subset 'dev'" in fail(*command[:-1], "dev")
    nowhere = fail(command[0], tmp_path, "-s", "en", "-t", "fr", *command[2:])
    assert "is not a data folder for this task" in nowhere
    dump = ["--dump-activations", tmp_path / "a", "--skip-invalid-size-inputs-valid-test", "--max-source-positions", 1]
    assert "no word to dump" in fail(*command, *dump)


def _own_ranking(beside: Path) -> list[object]:
    neurons = Neurons.of(Block("encoder", i, d, 8) for i in (0, 1) for d in ("fwd", "bwd"))
    Ranking.from_scores("m", neurons, np.arange(32), "s").save(beside.with_name("own.json"))
    return ["--mask-ranking", beside.with_name("own.json")]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of the convolutions, about PyTorch's old names
def test_architecture_without_neurons(untrained, tmp_path):
    (tmp_path / "bin").symlink_to(untrained / "bin")
    sizes = ["--encoder-embed-dim", "8", "--decoder-embed-dim", "8", "--decoder-out-embed-dim", "8"]
    layers = ["--encoder-layers", "[(8, 3)]", "--decoder-layers", "[(8, 3)]"]
    pair = ["--task", "translation", "--source-lang", "en", "--target-lang", "fr"]
    write_checkpoint(tmp_path, "1", ["bin/1", *pair, "--arch", "fconv", *sizes, *layers])
    model = ["--path", tmp_path / "models" / "1" / "checkpoint_best.pt", "--mask-neurons", 3]
    sentence = fail("fairseq-generate", tmp_path / "bin" / "1", *TRANSLATION, *model)
    assert "FConvModel has no neurons that can be dumped or masked" in sentence


def test_checkpoints_that_are_none(world, tmp_path):
    (tmp_path / "text.pt").write_text("not a checkpoint")
    assert "text.pt is" in fail(*generate(world, tmp_path / "text.pt"))
    torch.save({"model": {}, "cfg": {"a": 1}, "x": subprocess.Popen}, tmp_path / "evil.pt")
    assert "could run code" in fail(*generate(world, tmp_path / "evil.pt"))
    sentence = fail("fairseq-neurons-extract", f"checkpoint={tmp_path / 'text.pt'}", f"out={tmp_path / 'a'}")
    assert "text.pt is" in sentence
    assert not (tmp_path / "a").exists()


def test_dump_that_cannot_be_made(world, tmp_path):
    (tmp_path / "taken").mkdir()
    dump = ["--dump-activations", tmp_path / "taken"]
    assert "already exists" in fail(*generate(world, world.model("joint"), *dump))
    other = tmp_path / "other.txt"
    lines = world.text("test").read_text(encoding="utf-8").splitlines()
    other.write_text("\n".join([lines[0], "word1 word2", *lines[2:]]) + "\n", encoding="utf-8")
    dump = ["--dump-activations", tmp_path / "a", "--dump-text", other]
    assert "other.txt, line 2: 2 tokens, the data has" in fail(*generate(world, world.model("joint"), *dump))
    assert not list(tmp_path.glob("a*"))
    both = f"{world.model('joint')}:{world.model('joint2')}"
    assert "a single checkpoint" in fail(*generate(world, both, "--dump-activations", tmp_path / "a"))


def test_flags_of_inference_while_training(world, tmp_path):
    command = ["fairseq-train", world.data, *TRANSLATION, "--arch", "lstm_dalvi2019", "--optimizer", "adam"]
    sentence = fail(*command, "--max-tokens", 500, "--save-dir", tmp_path / "m", "--mask-neurons", 1)
    assert "leave them out while training" in sentence


def test_language_model_dumps_that_would_not_be_by_sentence(world, tmp_path):
    command = ["fairseq-eval-lm", world.lm_data, *LANGUAGE_MODEL, "--path", world.model("lm"), "--gen-subset", "test"]
    dump = ["--dump-activations", tmp_path / "a"]
    assert "--sample-break-mode eos" in fail(*command, *dump, "--sample-break-mode", "none")
    assert "--context-window" in fail(*command, *dump, "--context-window", 5)
    assert "--dump-activations" in fail(*command, "--dump-eos")


def test_texts_that_cannot_be_read(world, tmp_path):
    common = [f"checkpoint={world.model('joint')}", f"data={world.data}", f"out={tmp_path / 'a'}"]
    (tmp_path / "empty.txt").write_text("\n \n")
    (tmp_path / "latin1.txt").write_bytes(b"caf\xe9\n")
    assert "empty.txt is empty" in fail("fairseq-neurons-extract", *common, f"text={tmp_path / 'empty.txt'}")
    assert "not UTF-8 text (byte 3)" in fail("fairseq-neurons-extract", *common, f"text={tmp_path / 'latin1.txt'}")
    assert "dtype=float64 cannot be dumped: choose float16 or float32" in fail(
        "fairseq-neurons-extract", *common, "dtype=float64"
    )
    assert "no subset 'dev'" in fail("fairseq-neurons-extract", *common, "subset=dev")
    assert not list(tmp_path.glob("a*"))


def test_options_with_typing_errors__are_refused_by_hydra(tmp_path):
    for command in (["fairseq-neurons-correlate", "activation=[a]"], ["fairseq-neurons-correlate", "target=first"]):
        done = run(*command, folder=tmp_path)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
    assert "activations= is missing" in fail("fairseq-neurons-correlate", f"out={tmp_path / 'r.json'}", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_dumps_that_cannot_be_correlated(tmp_path):
    generator = np.random.default_rng(0)
    first = write_dump(tmp_path / "first", generator.normal(size=(4, 2)))
    other = write_dump(tmp_path / "other", generator.normal(size=(4, 2)), sentences=[["x", "y", "z", "ä"]])
    same = write_dump(tmp_path / "same", generator.normal(size=(4, 2)))
    out = f"out={tmp_path / 'r.json'}"
    correlate = ["fairseq-neurons-correlate", out]
    assert "dumps of different words: word 1 of sentence 1" in fail(*correlate, f"activations=[{first},{other}]")
    manifest = json.loads((same / "manifest.json").read_text())
    (same / "manifest.json").write_text(json.dumps(sealed({**manifest, "format": 9})))
    assert "has format 9, this version reads up to 2" in fail(*correlate, f"activations=[{first},{same}]")
    (same / "manifest.json").write_text(json.dumps(manifest))
    with open(same / "activations.npy", "r+b") as file:
        file.truncate(140)
    assert "activations.npy is missing, truncated or not an array" in fail(*correlate, f"activations=[{first},{same}]")
    shutil.rmtree(same)
    assert "is not a dump of activations" in fail(*correlate, f"activations=[{first},{same}]")
    assert not (tmp_path / "r.json").exists()
