"""The example that goes through the main job with models that stock fairseq-train trained."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import torch

from fairseq_neurons.plugin.checkpoints import check_checkpoint
from tests.untrained_models import DECODER, STOCK_LM, write_checkpoint

EXAMPLE = Path(__file__).parents[2] / "examples" / "stock_models"


def write_models(untrained: Path, folder: Path) -> None:
    """Folders 1 to 3, with random weights of their own."""
    (folder / "bin").symlink_to(untrained / "bin")
    write_checkpoint(folder, "1", [*STOCK_LM, *DECODER])
    state = check_checkpoint(str(folder / "models" / "1" / "checkpoint_best.pt"))
    for i in (2, 3):
        weights = {name: torch.roll(value, i) for name, value in state["model"].items()}
        (folder / "models" / str(i)).mkdir()
        torch.save({**state, "model": weights}, folder / "models" / str(i) / "checkpoint_best.pt")


def test_main_job__ranks_and_masks_the_neurons_of_a_language_model(untrained, tmp_path, monkeypatch):
    write_models(untrained, tmp_path)
    models = [str(tmp_path / "models" / str(i)) for i in (1, 2, 3)]
    typed = [*models, "--data", untrained / "bin" / "lm", "--text", untrained / "text" / "test.en"]
    typed += ["--states", "decoder.0.*", "--points", "0%", "10%", "--workers", 1, "--out", tmp_path / "out"]
    monkeypatch.setattr(sys, "argv", ["main_job.py", *map(str, typed)])
    runpy.run_path(str(EXAMPLE / "main_job.py"), run_name="__main__")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["neurons"] == 16
    found = {(point["order"], point["neurons"]) for point in summary["curve"]}
    assert found == {(order, neurons) for order in ("top", "bottom", "random") for neurons in (0, 2)}
    assert "probe" not in summary


def test_training_script__names_a_family_that_it_does_not_have(tmp_path):
    programs = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    (tmp_path / "fairseq-train").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "fairseq-train").chmod(0o755)
    jobs = ["lstm:1", "prenorm:2", "transformer_lm:3", "fconv:1"]
    done = subprocess.run(
        [str(EXAMPLE / "train.sh"), "bin", "models", *jobs], env=programs, capture_output=True, text=True
    )
    assert done.returncode == 1 and "there is no family fconv" in done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["bin/1", "bin/2", "bin/lm3"]
    assert all("neurons" not in line and "user-dir" not in line for line in lines)
