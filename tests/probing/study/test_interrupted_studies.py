"""An interrupted run goes on, and nothing else is mixed in."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.probing.study.study_folder import StudyFolder
from fairseq_neurons.storage.results_log import ResultsLog
from tests.probing.study.made_words import EVERYTHING, SMALL, files, write_part


def stop_after(monkeypatch, entries: int) -> None:
    """Kill the run once it has measured so much."""
    add = ResultsLog.add

    def add_and_stop(self: ResultsLog, signature: str, record: object) -> None:
        add(self, signature, record)
        if len(self) == entries:
            raise KeyboardInterrupt

    monkeypatch.setattr(ResultsLog, "add", add_and_stop)


@pytest.mark.parametrize("entries", [1, 4, 13])
def test_interrupted_run__goes_on_and_equals_the_undisturbed_one(data, whole, tmp_path, monkeypatch, fits, entries):
    with monkeypatch.context() as patched:
        stop_after(patched, entries)
        with pytest.raises(KeyboardInterrupt):
            probe(*data, tmp_path / "out", **EVERYTHING)
    assert [path.name for path in tmp_path.iterdir()] == ["out.partial"]
    before = len(fits)
    probe(*data, tmp_path / "out", **EVERYTHING)
    # The probe, 6 subsets, the control task, 4 penalties, 3 rankings at 2 counts: none of them twice.
    assert len(fits) == 1 + 6 + 1 + 4 + 6
    assert before > 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert files(tmp_path / "out") == files(whole)
    for name in files(whole):
        assert (tmp_path / "out" / name).read_bytes() == (whole / name).read_bytes() or name == "probe.npz"


@pytest.mark.slow
def test_run_interrupted_within_the_grid__equals_the_undisturbed_one_to_the_tolerance(data, tmp_path, monkeypatch):
    settings = {**EVERYTHING, "refit_tolerance": 1e-4}
    undisturbed = probe(*data, tmp_path / "whole", **settings).grid
    with monkeypatch.context() as patched:
        stop_after(patched, 16)
        with pytest.raises(KeyboardInterrupt):
            probe(*data, tmp_path / "out", **settings)
    for entry, expected in zip(probe(*data, tmp_path / "out", **settings).grid, undisturbed, strict=True):
        assert entry.objective == pytest.approx(expected.objective, rel=2e-4)
        assert entry.signature == expected.signature


@pytest.mark.slow
def test_what_a_run_of_other_settings_left_behind__is_not_mixed_in(data, tmp_path, monkeypatch):
    other = [write_part(tmp_path / part, 60, 3, labels=("X", "Y")) for part in ("train", "test")]
    with monkeypatch.context() as patched:
        stop_after(patched, 12)
        with pytest.raises(KeyboardInterrupt):
            probe(*data, tmp_path / "out", **EVERYTHING)
    assert (tmp_path / "out.partial" / "results" / "ranking.ADJ.json").exists()
    disturbed = probe(*other, tmp_path / "out", **SMALL)
    assert disturbed == probe(*other, tmp_path / "alone", **SMALL)
    assert files(tmp_path / "out") == files(tmp_path / "alone")
    assert not any("rankings" in name or "ADJ" in name for name in files(tmp_path / "out"))


def test_two_runs_at_once__do_not_mix(data, tmp_path):
    with StudyFolder(tmp_path / "out"), pytest.raises(InputError, match="Another run is writing"):
        probe(*data, tmp_path / "out", **SMALL)
    probe(*data, tmp_path / "out", **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_foreign_files_beside_the_name__are_left_alone(data, tmp_path):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "thesis.tex").write_text("x")
    with pytest.raises(InputError, match="holds files that are not of a probe"):
        probe(*data, tmp_path / "out", **SMALL)
    assert (tmp_path / "out.partial" / "thesis.tex").exists()


def test_values_that_are_not_finite__leave_nothing_behind(data, tmp_path):
    for part in (0, 1):
        broken = [dict(which) for which in data]
        folder = shutil.copytree(data[part]["activations"], tmp_path / "dumps" / str(part) / "model")
        values = np.load(folder / "activations.npy", mmap_mode="r+")
        values[-1, 3] = np.nan
        values.flush()
        broken[part]["activations"] = str(folder)
        with pytest.raises(InputError, match=f"{folder} holds values that are not finite"):
            probe(*broken, tmp_path / "out", **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["dumps"]


def test_results_on_a_full_disk__are_kept_for_the_next_run(data, whole, tmp_path, monkeypatch, fits):
    def full(path: Path, text: str) -> None:
        if path.name == "results.json":
            raise InputError(f"{path} cannot be written: No space left on device.")
        path.write_text(text)

    with monkeypatch.context() as patched:
        patched.setattr("fairseq_neurons.probing.study.study_results.write_text_whole", full)
        with pytest.raises(InputError, match="No space left"):
            probe(*data, tmp_path / "out", **EVERYTHING)
    del fits[:]
    assert probe(*data, tmp_path / "out", **EVERYTHING) == ProbeResults.load(whole)
    assert not fits
