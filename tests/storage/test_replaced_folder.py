"""A folder that replaces an older one of the same kind, or leaves it as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.replaced_folder import ReplacedFolder
from tests.storage.test_output_folder import everything, replaced


def write(out: Path, text: str) -> None:
    with replaced(out) as folder:
        (folder.folder / text).write_text(text)
        folder.commit()


def test_a_complete_folder__replaces_the_older_one(tmp_path):
    write(tmp_path / "out", "first")
    write(tmp_path / "out", "second")
    assert everything(tmp_path) == ["out", "out/mark.json", "out/second"]
    assert json.loads((tmp_path / "out/mark.json").read_text()) == {"kind": "test"}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InputError("wrong")])
def test_a_run_that_fails__leaves_the_older_folder(tmp_path, error):
    write(tmp_path / "out", "first")
    with pytest.raises(type(error)), replaced(tmp_path / "out") as folder:
        (folder.folder / "half").write_text("half")
        raise error
    assert everything(tmp_path) == ["out", "out/first", "out/mark.json"]


@pytest.mark.parametrize("content", ['{"kind": "other"}', "[]", "{"])
def test_a_folder_of_another_kind__is_refused(tmp_path, content):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mark.json").write_text(content)
    with pytest.raises(InputError, match="out already exists and is not a test; remove it or choose another name"):
        replaced(tmp_path / "out")
    assert everything(tmp_path) == ["out", "out/mark.json"]


def test_a_name_that_is_taken_meanwhile__is_not_replaced(tmp_path):
    with pytest.raises(InputError, match="out already exists"), replaced(tmp_path / "out") as folder:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "thesis.tex").write_text("years")
        folder.commit()
    assert everything(tmp_path) == ["out", "out/thesis.tex"]


def test_the_current_folder__is_written_under_its_name(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert ReplacedFolder(Path("."), "a test", "mark.json", {"kind": "test"}).out == tmp_path / "here"
