"""``fairseq-neurons-inspect``: on the standard output, coloured or not, and wrong input in one sentence."""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.commands.inspect import write
from fairseq_neurons.inspection.inspection_sources import known_from
from fairseq_neurons.inspection.neuron_inspection import inspect_neuron
from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.inspection.terminal_view import described
from tests.ablation.small_ablations import ranking
from tests.activations.small_dumps import write_dump
from tests.commands.running_commands import Command
from tests.running import run
from tests.runs.made_runs import write_run


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return write_run(tmp_path_factory.mktemp("made"))


@pytest.fixture
def command(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, tmp_path / "run")
    monkeypatch.setenv("COLUMNS", "80")
    return Command("fairseq-neurons-inspect", tmp_path)


def expected(neuron: int, painter: Painter | None = None, words: int = 10, sentences: int = 5, **sources) -> str:
    return described(inspect_neuron(known_from(**sources), neuron), words, sentences, 80, painter)


def test_run_folder__is_all_it_takes(command):
    printed = command.succeed("run=run", "neuron=encoder.0.fwd.2")
    assert printed == expected(2, run="run")
    assert printed == command.succeed("run=run", "neuron=2", "activations=one")
    for shown in ("highest at", "predicts best", "rankings/cross", "rank for single labels", "nearest neuron"):
        assert shown in printed


def test_files__are_named_one_by_one(command):
    sources = {
        "activations": "run/activations/two",
        "labels": "run/text/one.pos",
        "rankings": ["run/probes/pos/ranking.json"],
        "others": ["run/activations/three"],
    }
    arguments = [f"{name}={value}".replace(" ", "").replace("'", "") for name, value in sources.items()]
    with_another = {**sources, "rankings": []}
    printed = command.succeed("neuron=0", "words=3", "sentences=1", *arguments[:2], arguments[3])
    assert printed == expected(0, words=3, sentences=1, **with_another)
    assert "two is a dump" not in printed and "one.pos" in printed and "run/activations/three" in printed
    assert "are of different models" in command.fail("neuron=0", *arguments)


def test_colours__are_for_terminals_or_for_who_asks(command, monkeypatch):
    monkeypatch.delenv("COLORTERM", raising=False)
    assert "\x1b" not in command.succeed("run=run", "neuron=1")
    assert command.succeed("run=run", "neuron=1", "color=always") == expected(1, Painter(False), run="run")
    monkeypatch.setenv("COLORTERM", "truecolor")
    assert command.succeed("run=run", "neuron=1", "color=always") == expected(1, Painter(True), run="run")


def test_narrow_encoding__spells_out_what_it_lacks(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    write("日 +0.5\n")
    assert stream.buffer.getvalue() == rb"\u65e5 +0.5" + b"\n"


def test_reader_that_stops__is_no_error(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        write("nobody reads this\n")


def test_console_command__prints_what_main_prints(command):
    done = run("fairseq-neurons-inspect", "run=run", "neuron=3")
    assert (done.returncode, done.stderr, done.stdout) == (0, "", expected(3, run="run"))


def test_wrong_input__is_one_sentence(command):
    ranking(3).save("other.json")
    write_dump(command.folder / "short", np.zeros((5, 2)))
    for arguments, sentence in [
        (["neuron=0"], "Give a dump with activations= or the folder of a run with run=."),
        (["run=run"], "neuron= is missing; see fairseq-neurons-inspect --help."),
        (["run=run", "neuron=10"], "Neuron 10 is out of range: this model has neurons 0 to 9"),
        (["run=run", "neuron=-1"], "Neuron -1 is out of range"),
        (["run=run", "neuron=encoder.7.fwd.1"], "There is no neuron 'encoder.7.fwd.1' in this model; it has encoder."),
        (["run=run", "neuron='*'"], "There is no neuron '*'"),
        (["run=nowhere", "neuron=0"], "There is no folder nowhere"),
        (["activations=nowhere", "neuron=0"], "nowhere is not a dump of activations"),
        (["run=run", "activations=four", "neuron=0"], "There is no dump four, neither here nor in run, which has"),
        (
            ["run=run", "activations=short", "neuron=0"],
            "short is a dump of a model (shortsho) of which run",
        ),
        (["run=run", "neuron=0", "rankings=[other.json]"], "have different neurons: decoder.0.fwd (8)"),
        (["run=run", "neuron=0", "rankings=[run/text/one.pos]"], "one.pos is not a ranking, which is a JSON object"),
        (["run=run", "neuron=0", "others=[short]"], "and short are dumps of different words"),
        (["run=run", "neuron=0", "labels=run/text/train.pos"], "train.pos has labels for 40 lines, but the dump"),
        (["run=run", "neuron=0", "labels=nothing"], "'nothing' is not a file, a labeler"),
        (["run=run", "neuron=0", "column=UPOS"], "column=UPOS is a column of a file"),
        (["run=run", "neuron=0", "color=red"], "color=red: choose auto, always or never"),
        (["run=run", "neuron=0", "words=-1"], "words=-1, sentences=5: give 0 or more"),
        (["run=run", "neuron=0", "top=3"], "there is no option top=; see fairseq-neurons-inspect --help."),
    ]:
        assert sentence in command.fail(*arguments)
