"""A part of the campaign of `make attack`: no mutated file runs code, is a traceback, or passes for right."""

from __future__ import annotations

import json
import random

import pytest
import torch

from tests.attack.attacked_world import working_folder, write_world
from tests.attack.changed_arrays import ARRAY
from tests.attack.changed_bytes import BYTES
from tests.attack.changed_checkpoints import CHECKPOINT
from tests.attack.changed_json import JSON
from tests.attack.changed_text import TEXT
from tests.attack.formats import FORMATS
from tests.attack.guarded_case import FAULTS
from tests.attack.mutated_files import Attacked, Trial, all_readers, drawn, run_cases
from tests.shared_folders import made_once

SEED, COUNT = 1, 300
FILES = {
    "run/activations/1/activations.npy": ARRAY,
    "text/test.pos": (*BYTES, *TEXT),
    "run/rankings/max.json": JSON,
    "run/curves/bleu/curve.jsonl": JSON,
    "models/1/checkpoint_best.pt": CHECKPOINT,
}


@pytest.fixture(scope="session")
def attacked_world(session_folder):
    torch.set_num_threads(1)
    return made_once(session_folder / "attacked_world", write_world)


def test_no_mutated_file__runs_code_is_a_traceback_or_passes_for_right(attacked_world, tmp_path):
    trials = list(run_cases(attacked_world, tmp_path / "copy", SEED, range(COUNT), quick=True))
    assert [json.dumps(trial._asdict()) for trial in trials if trial.outcome in FAULTS] == []
    assert [trial.case for trial in trials] == list(range(COUNT))
    assert {trial.format for trial in trials} == {kind.name for kind in FORMATS if kind.is_quick}


def test_readers__give_the_same_numbers_of_the_same_files(attacked_world, tmp_path):
    """Otherwise no change could be told."""
    found = []
    for copy in ("one", "two"):
        attacked = Attacked(attacked_world, tmp_path / copy)
        with working_folder(attacked.folder):
            found.append({reader.name: attacked.expected(reader) for reader in all_readers() if reader.is_quick})
    assert found[0] == found[1]


def test_case__depends_on_its_number_alone(attacked_world):
    one, same, other = (drawn(3, number, attacked_world) for number in (5, 5, 6))
    assert one.changed == same.changed and one.trial == same.trial != other.trial


@pytest.mark.parametrize("file", FILES)
def test_mutations__change_their_file_and_say_how(attacked_world, file):
    content = (attacked_world / file).read_bytes()
    for mutation in FILES[file]:
        made = [mutation(random.Random(seed), content) for seed in range(20)]
        assert all(changed.about for changed in made), mutation.__name__
        assert any(changed.content != content for changed in made), mutation.__name__


def test_process_that_dies__is_a_fault_and_the_others_go_on(attacked_world, tmp_path, monkeypatch):
    import os

    def run(attacked: object, case: object, *_: object) -> Trial:
        if case.trial.case == 1:
            os._exit(3)
        return case.trial._replace(outcome="refused")

    monkeypatch.setattr("tests.attack.mutated_files.Attacked.run", run)
    trials = run_cases(attacked_world, tmp_path / "copy", SEED, range(3))
    assert [(trial.case, trial.outcome) for trial in trials] == [(0, "refused"), (1, "died"), (2, "refused")]
