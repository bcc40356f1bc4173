"""What new, resumed and replaced output folders have in common: one run at a time, and nothing of others is touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.new_folder import NewFolder
from fairseq_neurons.storage.output_folder import OutputFolder
from fairseq_neurons.storage.replaced_folder import ReplacedFolder
from fairseq_neurons.storage.resumed_folder import ResumedFolder


class Resumed(ResumedFolder):
    def __init__(self, out: Path) -> None:
        super().__init__(out, "a test", "settings.json")

    def has_results(self) -> bool:
        return (self.out / "result").exists()


def new(out: Path) -> OutputFolder:
    return NewFolder(out, "a test", ["result"])


def replaced(out: Path) -> OutputFolder:
    return ReplacedFolder(out, "a test", "mark.json", {"kind": "test"})


BEHAVIOURS = pytest.mark.parametrize("behaviour", [new, Resumed, replaced])


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@BEHAVIOURS
def test_two_runs_at_once__the_second_is_refused_and_the_first_continues(tmp_path, behaviour):
    with behaviour(tmp_path / "out") as first:
        with pytest.raises(InputError, match="^Another run is writing .*/out; wait for it or choose another name"):
            behaviour(tmp_path / "out")
        assert first.folder.is_dir()
    with behaviour(tmp_path / "out"):
        pass


@BEHAVIOURS
@pytest.mark.parametrize("error", [InputError("wrong"), KeyboardInterrupt(), RuntimeError("ours")])
def test_run_that_fails_before_there_is_a_result__leaves_nothing(tmp_path, behaviour, error):
    with pytest.raises(type(error)), behaviour(tmp_path / "out") as folder:
        (folder.folder / "half").write_text("half")
        raise error
    assert everything(tmp_path) == []


@BEHAVIOURS
def test_folder_of_other_files__is_refused_and_gets_not_even_a_lock(tmp_path, behaviour):
    for name in ("out", "out.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.tex").write_text("years")
        if behaviour is not Resumed or name == "out":
            with pytest.raises(InputError, match=r"already exists|holds files that are not|is not the folder of"):
                behaviour(tmp_path / "out")
        assert everything(tmp_path) == [name, f"{name}/thesis.tex"]
        shutil.rmtree(tmp_path / name)


@BEHAVIOURS
def test_file_in_place_of_a_folder_above__is_one_sentence(tmp_path, behaviour):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="file/out cannot be written: Not a directory"):
        behaviour(tmp_path / "file" / "out")
    assert everything(tmp_path) == ["file"]


@BEHAVIOURS
@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_read_only_folder_above__is_one_sentence(tmp_path, behaviour):
    (tmp_path / "above").mkdir(mode=0o500)
    with pytest.raises(InputError, match="above/out cannot be written: Permission denied"):
        behaviour(tmp_path / "above" / "out")
