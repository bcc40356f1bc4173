"""What is shown of running commands, on a terminal and elsewhere."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest

from fairseq_neurons.pipelines import job_progress as progress
from fairseq_neurons.pipelines import jobs
from fairseq_neurons.pipelines.job_progress import Display, FollowedLog
from tests.pipelines.training_logs import begin, training, valid

TRAIN = ["fairseq-train", "bin/1", "--max-epoch", "17"]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def log(tmp_path) -> Path:
    return tmp_path / "train1.log"


@pytest.fixture
def said(caplog):
    caplog.set_level(logging.INFO, "fairseq_neurons")
    return lambda: [record.getMessage() for record in caplog.records]


def add(log: Path, *lines: str, end: str = "\n") -> None:
    with open(log, "a", encoding="utf-8") as file:
        file.write("\n".join(lines) + end)


def test_without_a_terminal__an_epoch_is_a_line_that_names_the_log(log, said, monkeypatch):
    monkeypatch.chdir(log.parent)
    train = FollowedLog("train1", TRAIN, log)
    with Display(io.StringIO()) as display:
        display.show([train])
        add(log, *training(3)[:4])
        display.show([train])
        assert said() == []
        add(log, *training(3)[4:8])
        display.show([train])
        display.show([train])
        add(log, *training(3)[8:])
        display.show([])
    assert said() == [
        "train1: epoch 2 of 17, validation perplexity 50, 2 min left (train1.log)",
        "train1: epoch 3 of 17, validation perplexity 33.33, 2 min left (train1.log)",
    ]


def test_a_line_that_is_half_written__is_read_when_it_is_whole(log):
    train = FollowedLog("train1", TRAIN, log)
    add(log, begin(0, 1), valid(10, 1, "123.45")[:90], end="")
    train.read()
    assert train.state.summary == "epoch 1 of 17"
    add(log, valid(10, 1, "123.45")[90:])
    train.read()
    assert "perplexity 123.5" in train.line


def test_a_command_with_a_bar__is_a_line_a_minute(log, said, monkeypatch):
    ablate = FollowedLog("curve-nmt", ["fairseq-neurons-ablate"], log)
    with Display(io.StringIO()) as display:
        for done in range(5):
            add(log, f"\rpoints:  39%|##   | {done}/31 [00:09<00:16,  1.13mask/s]", end="\r")
            monkeypatch.setattr(progress, "QUIET_SECONDS", 0.0 if done == 3 else 60.0)
            display.show([ablate])
    assert [line.partition(" (")[0] for line in said()] == ["curve-nmt: points 3 of 31, 00:16 left"]


def test_on_a_terminal__a_running_command_is_a_line_that_is_rewritten_and_a_training_leaves_its_last(log, said):
    terminal = Terminal()
    train = FollowedLog("train1", TRAIN, log)
    extract = FollowedLog("extract", ["fairseq-neurons-extract"], log.with_name("extract.log"))
    with Display(terminal) as display:
        add(log, *training(2))
        display.show([train, extract])
        assert said() == []
        add(log, *training(3)[8:])
        display.show([extract])
        # Early stopping may have ended it: no time is left.
        assert said()[0].startswith("train1: ended at epoch 3 of 17, validation perplexity 33.33 (")
        display.show([])
    assert "\rtrain1: epoch 2 of 17, validation perplexity 50" in terminal.getvalue()
    assert "extract: running for 0 s (" in terminal.getvalue()
    assert len(said()) == 1


def test_a_line_of_a_narrow_terminal__is_cut_before_it_wraps(log, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    add(log, *training(2))
    with Display(terminal) as display:
        display.show([FollowedLog("train1", TRAIN, log)])
    assert max(map(len, terminal.getvalue().replace("\n", "\r").split("\r"))) <= 40


def test_run_all__shows_a_training_while_it_runs(tmp_path, said, monkeypatch):
    monkeypatch.setattr(jobs, "INTERVAL", 0.05)
    (tmp_path / "lines").write_text("\n".join(training(3)) + "\n", encoding="utf-8")
    fake = tmp_path / "fairseq-train"
    fake.write_text('#!/bin/sh\nwhile read -r line; do echo "$line"; sleep 0.02; done < lines\n', encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setattr(jobs.sys, "executable", str(tmp_path / "python"))
    (tmp_path / "python").symlink_to(Path("/usr/bin/env").resolve())
    monkeypatch.setattr(jobs, "bound", lambda command: command)
    jobs.run_all({"train1": TRAIN}, tmp_path)
    command, *epochs = said()
    assert command == "$ fairseq-train bin/1 --max-epoch 17"
    assert epochs[-1].startswith("train1: epoch 3 of 17, validation perplexity 33.33")
