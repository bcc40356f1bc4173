"""fairseq's own commands, with our user-dir: checkpoints are checked whatever the task of the command line is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from fairseq_neurons.plugin.checkpoints import open_checkpoint
from tests.plugin.hostile_checkpoints import HOSTILE
from tests.running import fail
from tests.untrained_models import DECODER, PAIR

ROOT = Path(__file__).parents[2]
USER_DIR = ["--user-dir", ROOT / "user_dir"]
TEST = ["--gen-subset", "test"]
COMMANDS = {
    "fairseq-generate": ["1", "--task", "translation", *TEST],
    "fairseq-interactive": ["1", "--task", "translation"],
    "fairseq-eval-lm": ["lm", "--task", "language_modeling", *TEST],
    "fairseq-validate": ["1", "--task", "translation", "--valid-subset", "test", "--max-tokens", 99],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_hostile_checkpoint__is_refused_by_each_command(untrained, tmp_path, name):
    model, *arguments = COMMANDS[name]
    state = open_checkpoint(str(untrained / "models" / model / "checkpoint_best.pt"))
    torch.save(HOSTILE["decoder_attention in namespace"](state, tmp_path / "canary"), tmp_path / "c.pt")
    sentence = fail(name, untrained / "bin" / model, *arguments, *USER_DIR, "--path", tmp_path / "c.pt")
    assert "decoder_attention of its configuration, which fairseq evaluates as Python" in sentence
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("flag", ["--restore-file", "--finetune-from-model"])
def test_training__opens_checkpoints_as_plain_data(untrained, tmp_path, flag):
    good = (untrained / "models" / "1" / "checkpoint_best.pt").read_bytes()
    (tmp_path / "c.pt").write_bytes(good[:2000] + bytes(100) + good[2100:])
    training = ["--optimizer", "adam", "--max-tokens", 99, "--max-epoch", 1, "--save-dir", tmp_path / "saved"]
    subsets = ["--train-subset", "test", "--valid-subset", "test", "--num-workers", 0]
    arguments = [*PAIR[1:], *DECODER, *training, *subsets, *USER_DIR]
    assert "is broken" in fail("fairseq-train", untrained / "bin" / "1", *arguments, flag, tmp_path / "c.pt")
