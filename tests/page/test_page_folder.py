"""A report is whole or absent, and replaces nothing but a report."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.page.page_folder import PageFolder


def write(out: Path, text: str) -> None:
    with PageFolder(out) as place:
        place.write("data/a.js", text)
        place.commit()


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_report__is_whole_and_alone(tmp_path):
    write(tmp_path / "deep" / "page", "1")
    assert files(tmp_path) == ["deep/page/data/a.js", "deep/page/report.json"]


def test_older_report__is_replaced_as_a_whole(tmp_path):
    write(tmp_path / "page", "1")
    (tmp_path / "page" / "data" / "of-the-older.js").write_text("")
    write(tmp_path / "page", "2")
    assert files(tmp_path) == ["page/data/a.js", "page/report.json"]
    assert (tmp_path / "page" / "data" / "a.js").read_text() == "2"


def test_folder_that_may_not_be_looked_into__is_not_replaced(tmp_path, monkeypatch):
    write(tmp_path / "page", "1")

    def refused(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refused)
    with pytest.raises(InputError, match="page already exists and is not a report"):
        PageFolder(tmp_path / "page")


def test_this_folder__is_a_name_like_others(tmp_path, monkeypatch):
    (tmp_path / "page").mkdir()
    monkeypatch.chdir(tmp_path / "page")
    write(Path(), "1")
    assert files(tmp_path) == ["page/data/a.js", "page/report.json"]
    with pytest.raises(InputError, match="^/ already exists and is not a report"):
        PageFolder(Path("/"))


@pytest.mark.parametrize("stop", [KeyboardInterrupt, InputError("full"), RuntimeError])
def test_interrupted__leaves_the_older_report_and_nothing_else(tmp_path, stop):
    write(tmp_path / "page", "1")
    with pytest.raises(BaseException), PageFolder(tmp_path / "page") as place:  # noqa: B017 - also KeyboardInterrupt
        place.write("data/a.js", "2")
        raise stop
    assert files(tmp_path) == ["page/data/a.js", "page/report.json"]
    assert (tmp_path / "page" / "data" / "a.js").read_text() == "1"


def test_stopped_between_the_renames__gives_the_older_report_its_name_back(tmp_path, monkeypatch):
    write(tmp_path / "page", "1")
    rename = Path.rename

    def stopped(path: Path, target: Path) -> Path:
        if path.name.endswith(".partial"):
            raise KeyboardInterrupt
        return rename(path, target)

    with pytest.raises(KeyboardInterrupt), PageFolder(tmp_path / "page") as place:
        place.write("data/a.js", "2")
        monkeypatch.setattr(Path, "rename", stopped)
        place.commit()
    assert files(tmp_path) == ["page/data/a.js", "page/report.json"]
    assert (tmp_path / "page" / "data" / "a.js").read_text() == "1"


@pytest.mark.parametrize("name", ["page", "page.partial"])
def test_folder_or_file_of_something_else__is_refused_and_untouched(tmp_path, name):
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.tex").write_text("years")
    with pytest.raises(InputError, match="already exists and is not a report"):
        PageFolder(tmp_path / "page")
    assert (tmp_path / name / "thesis.tex").read_text() == "years"
    shutil.rmtree(tmp_path / name)
    (tmp_path / name).write_text("years")
    with pytest.raises(InputError, match="already exists and is not a report"):
        PageFolder(tmp_path / "page")
    assert (tmp_path / name).read_text() == "years"


def test_what_appears_meanwhile__is_not_replaced(tmp_path):
    with pytest.raises(InputError, match="is not a report"), PageFolder(tmp_path / "page") as place:
        (tmp_path / "page").mkdir()
        (tmp_path / "page" / "mine").write_text("mine")
        place.commit()
    assert files(tmp_path) == ["page/mine"]


def test_empty_folder_and_leavings_of_a_killed_run__are_taken(tmp_path):
    (tmp_path / "page").mkdir()
    write(tmp_path / "killed", "1")
    (tmp_path / "killed").rename(tmp_path / "page.partial")
    write(tmp_path / "page", "2")
    assert files(tmp_path) == ["page/data/a.js", "page/report.json"]


def test_two_runs_at_once__are_refused(tmp_path):
    with PageFolder(tmp_path / "page") as place:
        with pytest.raises(InputError, match="Another run is writing"):
            PageFolder(tmp_path / "page")
        place.commit()
    assert files(tmp_path) == ["page/report.json"]
