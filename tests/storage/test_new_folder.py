"""A folder that must not exist appears when it is complete."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.new_folder import NewFolder
from tests.storage.test_output_folder import everything, new


def test_folder__keeps_what_took_long_and_appears_when_it_is_complete(tmp_path):
    (tmp_path / "out.partial" / "results").mkdir(parents=True)
    for name in ("measured", "results/half", "scratch.partial"):
        (tmp_path / "out.partial" / name).write_text(name)
    files = ("measured", "results", "scratch")
    with NewFolder(tmp_path / "out", "a test", files, kept=["measured"], results="results") as folder:
        assert everything(folder.partial) == ["lock", "measured", "results"]
        (folder.folder / "whole").write_text("whole")
        folder.commit()
    assert everything(tmp_path) == ["out", "out/whole"]


def test_folder__whose_name_is_taken_meanwhile_is_not_moved_into_it(tmp_path):
    with pytest.raises(InputError, match="out already exists"), new(tmp_path / "out") as folder:
        (tmp_path / "out").mkdir()
        folder.commit()
    assert everything(tmp_path) == ["out"]


def test_what_an_interrupted_run_left__is_removed_with_a_warning(tmp_path, caplog):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "result").write_text("half")
    with new(tmp_path / "out") as folder:
        assert everything(folder.folder) == ["lock"]
    assert "what an interrupted run left behind; starting over" in caplog.text
