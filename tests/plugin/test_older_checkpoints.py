"""Checkpoints of older versions of fairseq, and such from which the training's history was removed."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pytest
import torch

from fairseq_neurons import Activations, ablate, correlate, load_model
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import check_checkpoint
from tests.end_to_end.conftest import TRANSLATION
from tests.running import fail, output_of, run_apart
from tests.untrained_models import opened


def with_args(state: dict) -> dict:
    """As fairseq wrote them before it had configs: one flat Namespace."""
    named = {name: part["_name"] for name, part in state["cfg"].items() if isinstance(part, dict) and "_name" in part}
    flat = {key: value for part in state["cfg"].values() if isinstance(part, dict) for key, value in part.items()}
    args = argparse.Namespace(**{**flat, **named, "arch": named["model"]})
    return {**{key: value for key, value in state.items() if key != "cfg"}, "args": args}


def without_history(state: dict) -> dict:
    return {key: value for key, value in state.items() if key not in ("optimizer_history", "extra_state")}


CHANGES = {"args": with_args, "no history": without_history, "both": lambda state: without_history(with_args(state))}


@pytest.fixture
def older(untrained, tmp_path):
    def make(name: str, change) -> Path:
        state = check_checkpoint(str(untrained / "models" / name / "checkpoint_best.pt"))
        torch.save(change(state), tmp_path / "older.pt")
        return tmp_path / "older.pt"

    return make


@pytest.mark.parametrize("name", ["1", "lm"])
@pytest.mark.parametrize("change", CHANGES)
def test_older_checkpoint__is_the_same_model(untrained, older, name, change):
    found, known = load_model(older(name, CHANGES[change]), untrained / "bin" / name), opened(untrained, name)
    assert found.neurons == known.neurons
    for (words, states), expected in zip(found.states("test"), known.states("test"), strict=True):
        assert words == expected.words
        np.testing.assert_array_equal(states, expected.states)


def test_older_checkpoint__is_dumped_and_ablated(untrained, older, tmp_path):
    checkpoint, data = older("1", CHANGES["both"]), untrained / "bin" / "1"
    # In a process of its own, in which Hydra has composed the options of our command.
    where = [f"checkpoint={checkpoint}", f"data={data}"]
    output_of(run_apart("fairseq-neurons-extract", *where, f"out={tmp_path / 'a'}"))
    assert len(Activations(tmp_path / "a").neurons) == len(opened(untrained, "1").neurons)
    correlate([str(tmp_path / "a")], method="variance").save(tmp_path / "r.json")
    curve = dict(rankings=[str(tmp_path / "r.json")], points=[0, 4], order=["top"], max_len_b=10, samples=50, workers=1)
    ablate(str(checkpoint), str(data), out=str(tmp_path / "c"), **curve)
    assert len((tmp_path / "c" / "curve.jsonl").read_text().splitlines()) == 2


def test_fairseqs_commands__say_what_they_miss(untrained, older):
    command = [untrained / "bin" / "1", *TRANSLATION, "--gen-subset", "test", "--beam", 1, "--path"]
    assert "lacks optimizer_history" in fail("fairseq-generate", *command, older("1", without_history))


@pytest.mark.parametrize(("part", "kind"), [("task", "task"), ("model", "architecture")])
def test_unknown_task_or_architecture__is_named(untrained, older, part, kind):
    def change(state: dict) -> dict:
        return {**state, "cfg": {**state["cfg"], part: {**state["cfg"][part], "_name": "theirs"}}}

    with pytest.raises(InputError, match=f"trained with the {kind} 'theirs', which is not known here"):
        load_model(older("1", change), untrained / "bin" / "1")
