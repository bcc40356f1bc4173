"""``fairseq-neurons-report``: the command is the function."""

from __future__ import annotations

import numpy as np
import pytest

from tests.activations.small_dumps import write_dump
from tests.commands.running_commands import Command
from tests.page.hostile_run import PLAIN


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = np.random.default_rng(0).normal(size=(len(PLAIN), 3)).astype(np.float32)
    write_dump(tmp_path / "run" / "activations" / "one", values, sentences=[PLAIN])
    return Command("fairseq-neurons-report", tmp_path)


def test_command__writes_the_page_and_says_where_it_is(command):
    printed = command.succeed("run=run", "out=page")
    assert "page/index.html" in printed
    assert (command.folder / "page" / "data" / "0" / "neuron" / "2.js").is_file()
    assert "page/index.html" in command.succeed("run=run", "out=page")
    assert sorted(path.name for path in command.folder.iterdir()) == ["page", "run"]


def test_wrong_input__is_one_sentence_and_writes_nothing(command):
    for arguments, sentence in [
        ([], "out= is missing"),
        (["out=page"], "run= is missing"),
        (["run=nowhere", "out=page"], "There is no folder nowhere"),
        (["run=run", "out=run"], "run already exists and is not a report"),
        (["run=run", "out=page", "sentences=0"], "sentences=0"),
        (["run=run", "out=page", "top=5"], "there is no option top=; see fairseq-neurons-report --help."),
    ]:
        assert sentence in command.fail(*arguments)
