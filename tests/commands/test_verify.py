"""``fairseq-neurons verify``: a line a result, and an exit status."""

from __future__ import annotations

import pytest

from tests.commands.running_commands import Command


@pytest.fixture
def command(run_copy, tmp_path, monkeypatch):
    monkeypatch.chdir(run_copy)
    return Command("fairseq-neurons", tmp_path)


def test_results_as_written__are_a_line_each(command):
    printed = command.succeed("verify", "activations", "rankings")
    assert printed.splitlines()[0] == "activations/one: dump, as it was written" and len(printed.splitlines()) == 5


def test_damaged_result__is_named_and_the_exit_status_is_1(command, run_copy):
    file = run_copy / "rankings" / "cross.json"
    file.write_text(file.read_text().replace("crossmodel-max", "crossmodel\x1b[31m"))
    assert command.fail("verify", ".").endswith("1 of 7 results are damaged.")


def test_help_and_wrong_folders(command):
    assert command.succeed("verify") == command.succeed("verify", "--help")
    assert command.fail("verify", "text").endswith("text holds no dump, ranking, probe or curve.")
