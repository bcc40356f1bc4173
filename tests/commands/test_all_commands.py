"""``fairseq-neurons``: every command under one name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fairseq_neurons import __version__
from fairseq_neurons.commands import all_commands
from tests.commands.running_commands import Command

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Command("fairseq-neurons", tmp_path)


def test_user_dir__is_where_fairseq_can_import_it_from_anywhere(command):
    folder = Path(command.succeed("user-dir").rstrip("\n"))
    assert folder.is_absolute() and "fairseq_neurons.plugin" in (folder / "__init__.py").read_text()


def test_commands__are_the_console_scripts():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    own = {f"fairseq-neurons-{name}": f"fairseq_neurons.commands.{name}:main" for name in all_commands.COMMANDS}
    assert scripts == {"fairseq-neurons": "fairseq_neurons.commands.all_commands:main", **own}


def test_help_and_version(command):
    for typed in ((), ("--help",)):
        shown = command.succeed(*typed)
        assert all(f"  {name} " in shown for name in [*all_commands.COMMANDS, "user-dir"])
    assert command.succeed("--version") == f"fairseq-neurons {__version__}\n"


def test_options__follow_the_name_of_a_command(command):
    assert command.fail("overlap", "top=x").endswith("top=x: give an integer.")


def test_unknown_command__is_refused_with_those_there_are(command):
    assert "there is no command probing; the commands are extract, correlate" in command.fail("probing")
