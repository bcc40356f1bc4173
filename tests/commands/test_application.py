"""A console command: its config, its page of help, and what it leaves behind."""

from __future__ import annotations

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
