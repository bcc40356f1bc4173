"""Commands that are killed or meet a full disk are completed by the next run, to the same bytes."""

from __future__ import annotations

import pytest
import torch

from tests.attack.attacked_world import write_world
from tests.attack.disturbed_commands import COMMANDS, EQUAL, Commands
from tests.attack.readers import OUT
from tests.shared_folders import made_once

KILLS = 20


@pytest.fixture(scope="module")
def commands(session_folder, tmp_path_factory):
    torch.set_num_threads(1)
    world = made_once(session_folder / "attacked_world", write_world)
    return Commands(world, tmp_path_factory.mktemp("disturbed") / "copy")


@pytest.mark.slow
def test_command_that_was_killed__is_completed_to_the_same_bytes(commands):
    ends = [commands.killed(number, seed=1) for number in range(KILLS)]
    assert [end for end in ends if end.outcome != EQUAL] == []
    assert sum(end.hit for end in ends) > KILLS // 2


@pytest.mark.slow
def test_command_on_a_full_disk__says_so_and_is_completed_when_there_is_room(commands):
    ends = [commands.on_a_full_disk(number, seed=1) for number in range(len(COMMANDS))]
    assert [end for end in ends if end.outcome != EQUAL] == []
    assert sum(end.hit for end in ends) > len(COMMANDS) // 2


def test_other_bytes_and_leftovers__are_seen(commands, monkeypatch):
    number, made = list(COMMANDS).index("overlap"), commands.undisturbed("overlap")
    clear = commands.clear
    with monkeypatch.context() as patched:
        patched.setattr(commands, "clear", lambda: (clear(), (commands.folder / OUT / "left").touch()))
        assert commands.killed(number, seed=1).outcome == "left behind"
    assert commands.killed(number, seed=1).outcome == EQUAL
    monkeypatch.setattr(commands, "made", {"overlap": {name: (3, "0" * 64) for name in made}})
    assert commands.killed(number, seed=1).outcome == "differs"
