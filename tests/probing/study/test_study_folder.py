"""Of an interrupted study, the probe and the measurements are kept; of a wrong input, nothing."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.study.study_folder import StudyFolder
from tests.probing.study.made_words import files


def test_committed_folder__has_the_results_and_the_probe(tmp_path):
    with StudyFolder(tmp_path / "out") as study:
        study.probe.write_bytes(b"probe")
        study.measured.write_text("{}\n")
        (study.folder / "results.json").write_text("{}")
        assert not (tmp_path / "out").exists()
        study.commit()
    assert files(tmp_path) == ["out/probe.npz", "out/results.json"]
    assert (tmp_path / "out" / "probe.npz").read_bytes() == b"probe"


def test_interrupted_study__keeps_what_took_long_and_not_the_results(tmp_path):
    with pytest.raises(KeyboardInterrupt), StudyFolder(tmp_path / "out") as study:
        study.probe.write_bytes(b"probe")
        study.measured.write_text("{}\n")
        (study.folder / "ranking.json").write_text("half")
        raise KeyboardInterrupt
    with StudyFolder(tmp_path / "out") as study:
        assert study.probe.read_bytes() == b"probe" and study.measured.read_text() == "{}\n"
        assert list(study.folder.iterdir()) == []
        study.commit()


@pytest.mark.parametrize("measured, kept", [(None, False), ("", False), ("{}\n", True)])
def test_wrong_input__leaves_nothing_behind_unless_something_was_measured(tmp_path, measured, kept):
    with pytest.raises(InputError), StudyFolder(tmp_path / "out") as study:
        study.probe.write_bytes(b"probe")
        if measured is not None:
            study.measured.write_text(measured)
        raise InputError("A sentence.")
    assert (tmp_path / "out.partial").exists() == kept


def test_existing_folder__is_refused(tmp_path):
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="out already exists"):
        StudyFolder(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
