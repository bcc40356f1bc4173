"""A command as Hydra runs it: groups of config files, options that are missing, and values that refer to others."""

from __future__ import annotations

import errno
import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import pytest

from fairseq_neurons.commands.application import CommandConfig, application, quiet
from fairseq_neurons.rankings import Ranking
from tests.running import fail, hydra_of_ours, run


@dataclass
class Config(CommandConfig):
    defaults: list[Any] = field(default_factory=lambda: quiet({"size": None}))
    units: int = "???"
    name: str = "small"


@pytest.fixture
def command(tmp_path, monkeypatch):
    """A function that runs a command with a group of config files; returns its options."""
    (tmp_path / "size").mkdir()
    (tmp_path / "size/large.yaml").write_text("# @package _global_\nunits: 500\n", encoding="utf-8")

    def call(*arguments: str) -> dict[str, Any]:
        options: dict[str, Any] = {}
        monkeypatch.setattr(sys, "argv", ["grow", *arguments])
        with hydra_of_ours():
            application("grow", Config, options.update, "Grow a model.", configs=tmp_path)()
        return options

    return call


def test_options__come_from_the_chosen_file_and_the_command_line(command):
    assert command("size=large") == {"units": 500, "name": "small"}
    assert command("size=large", "units=3", "name=1e5") == {"units": 3, "name": "1e5"}


def test_a_value__may_refer_to_another(command):
    assert command("units=3", "name=of-${units}")["name"] == "of-3"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "size= is missing; see grow --help."),
        (["size=huge"], "size=huge: the choices are large."),
        (["units=few"], "units=few: give an integer."),
        (["unit=3"], "there is no option unit=; did you mean units=? See grow --help."),
        (
            ["units=3", "name=${unit}"],
            "Interpolation key 'unit' not found. ${…} stands for the value of another option.",
        ),
    ],
)
def test_wrong_options__are_one_sentence(command, arguments, sentence):
    with pytest.raises(SystemExit) as stopped:
        command(*arguments)
    assert stopped.value.code == f"grow: {sentence}"


def test_values_of_flags__are_not_read_as_options(command, capsys):
    command("--cfg", "job", "units=3")
    assert capsys.readouterr().out == "units: 3\nname: small\n"


def test_help__shows_the_options_as_the_chosen_file_sets_them(command, capsys):
    with pytest.raises(SystemExit, match="^0$"):
        command("--help", "size=large")
    page = capsys.readouterr().out
    assert page.startswith("Grow a model.\n\ngrow option=value") and "units: 500\nname: small\n" in page


def test_warnings__are_their_message_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["grow", "units=3"])
    application("grow", Config, lambda **options: warnings.warn("Too few units.", stacklevel=2), "Grow.", tmp_path)()
    assert capsys.readouterr().err == "Too few units.\n"


def test_too_few_open_files__are_one_sentence(monkeypatch):
    def fail_with(error: OSError):
        def raising(*_: object) -> None:
            raise error

        return raising

    arguments = ["rankings=[a,b]", "top=3"]
    with monkeypatch.context() as patched:
        patched.setattr(Ranking, "load", fail_with(OSError(errno.EMFILE, "Too many open files")))
        assert "too many files are open" in fail("fairseq-neurons-overlap", *arguments)
        patched.setattr(Ranking, "load", fail_with(OSError(errno.EIO, "Input/output error")))
        assert "Traceback" in run("fairseq-neurons-overlap", *arguments).stderr
