"""A console command: its config, its page of help, and what it leaves behind."""

from __future__ import annotations

import errno
import logging
import subprocess
import sys
from dataclasses import dataclass

import pytest

from fairseq_neurons.commands.application import SWEEP, CommandConfig, application
from fairseq_neurons.errors import InputError


@dataclass
class Settings:
    """How to count.

    Args:
        stop: the first number that is not counted.
        step: between numbers.
    """

    stop: int
    step: int = 1


@dataclass
class Config(CommandConfig, Settings):
    """The fields of `Settings`."""


def called(monkeypatch, *arguments: str, run=lambda **options: None) -> list[str]:
    """Run a command with these arguments; ``sys.argv`` as it is afterwards."""
    monkeypatch.setattr(sys, "argv", ["count", *arguments])
    application("count", Config, run, "Count to a number.")()
    return sys.argv


def test_run__is_called_with_the_options_and_the_arguments_stay(monkeypatch):
    options = {}
    left = called(monkeypatch, "stop=3", "step=2", run=options.update)
    assert options == {"stop": 3, "step": 2} and left == ["count", "stop=3", "step=2"]


def test_several_values__are_one_run_each_and_leave_no_folder(monkeypatch, capsys):
    stops = []
    called(monkeypatch, "--multirun", "stop=3,4", run=lambda stop, step: stops.append(stop))
    assert stops == [3, 4] and not SWEEP.exists()


def test_wrong_input__is_one_sentence_and_exit_status_1(monkeypatch):
    def refuse(**options):
        raise InputError("stop=3 is too small.")

    with pytest.raises(SystemExit, match=r"^count: stop=3 is too small\.$"):
        called(monkeypatch, "stop=3", run=refuse)


def test_a_fault_of_ours__is_raised_as_it_is(monkeypatch):
    def fail(**options):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        called(monkeypatch, "stop=3", run=fail)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help__is_the_page_alone(monkeypatch, capsys, flag):
    called(monkeypatch, flag)
    page = capsys.readouterr().out
    assert page.startswith("Count to a number.\n\ncount option=value ...\n\n  stop=\n      the first number")


def test_help__loads_neither_hydra_nor_fairseq():
    heavy = "{'hydra', 'torch', 'fairseq', 'sklearn', 'matplotlib'}"
    code = "import sys; from fairseq_neurons.commands.probe import main; main(); "
    code += f"sys.exit(str({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True)
    assert done.stderr == "set()\n"


def test_what_a_message_quotes__cannot_command_the_terminal(monkeypatch, capsys):
    def log_and_refuse(stop, step):
        logging.getLogger("count").info("read \x1b[31m%s\nnext line", "a\x9b2J")
        raise InputError("out\x1b]0;title\x07\n is missing.")

    with pytest.raises(SystemExit) as raised:
        called(monkeypatch, "stop=3", run=log_and_refuse)
    assert str(raised.value) == r"count: out\x1b]0;title\x07\n is missing."
    assert capsys.readouterr().err.endswith("read \\x1b[31ma\\x9b2J\nnext line\n")


def test_name_that_is_not_utf_8__is_refused(monkeypatch):
    with pytest.raises(SystemExit, match=r"^count: stop=\\udcff is not UTF-8 text; rename what has this name\.$"):
        called(monkeypatch, "stop=\udcff")


def test_current_folder_that_was_deleted__is_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(SystemExit, match=r"^count: the current folder cannot be used: No such file or directory;"):
        called(monkeypatch, "stop=3")


def test_too_many_open_files__are_one_sentence(monkeypatch):
    def exhaust(stop, step):
        raise OSError(errno.EMFILE, "Too many open files", "a.npy")

    with pytest.raises(SystemExit, match=r"^count: too many files are open; allow more with ulimit -n\.$"):
        called(monkeypatch, "stop=3", run=exhaust)
