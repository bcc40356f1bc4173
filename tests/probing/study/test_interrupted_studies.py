"""An interrupted run goes on, and nothing else is mixed in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.study import penalty_grid
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.probing.study.study_folder import StudyFolder
from fairseq_neurons.probing.study.trained_probe import TrainedProbe
from fairseq_neurons.storage.results_log import ResultsLog
from tests.activations.small_dumps import forget_checksums
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
def test_interrupted_run__resumes_and_equals_the_undisturbed_one(data, whole, tmp_path, monkeypatch, fits, entries):
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
        assert (tmp_path / "out" / name).read_bytes() == (whole / name).read_bytes()


GRID: dict[str, Any] = {
    **{"fractions": [0.5], "random": 0, "control": False, "resamples": 2, "top": 3, "l1": 1e-2},
    **{"grid": [1e-2, 1e-3], "refit_tolerance": 1e-4},
}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files(folder)}


@pytest.mark.parametrize("moment", ["line", "state"])
def test_run_killed_at_every_line_of_its_grid__equals_the_undisturbed_one_byte_for_byte(
    data, tmp_path, monkeypatch, fits, moment
):
    probe(*data, tmp_path / "whole", **GRID)
    undisturbed = len(fits)
    kills = killed_again_and_again(data, tmp_path / "out", monkeypatch, moment)
    assert kills == (5 + 4 if moment == "line" else 4)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    # Killed between a line and the state after it, a run fits that line's probe again.
    assert len(fits) - undisturbed <= undisturbed + (4 if moment == "line" else 0)


def killed_again_and_again(data, out: Path, monkeypatch, moment: str) -> int:
    """Kill each run after the first line, or the first state of the path, that it writes; returns how often."""
    add, save, kills = ResultsLog.add, penalty_grid.save_state, 0

    def stop(function: Callable[..., None]) -> Callable[..., None]:
        def stopped(*arguments: object) -> None:
            function(*arguments)
            raise KeyboardInterrupt

        return stopped

    with monkeypatch.context() as patched:
        if moment == "line":
            patched.setattr(ResultsLog, "add", stop(add))
        else:
            patched.setattr(penalty_grid, "save_state", stop(save))
        while not out.exists():
            with suppress(KeyboardInterrupt):
                probe(*data, out, **GRID)
                continue
            kills += 1
    return kills


def test_grid_whose_state_is_lost__is_fitted_again_to_the_same_end(data, tmp_path, monkeypatch):
    probe(*data, tmp_path / "whole", **GRID)
    with monkeypatch.context() as patched:
        stop_after(patched, 5 + 2)
        with pytest.raises(KeyboardInterrupt):
            probe(*data, tmp_path / "out", **GRID)
    (tmp_path / "out.partial" / "grid_state.npz").write_bytes(b"PK\x03\x04")
    probe(*data, tmp_path / "out", **GRID)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


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


def test_values_that_are_not_finite__are_named_before_training_and_leave_nothing_behind(data, tmp_path, monkeypatch):
    monkeypatch.setattr(TrainedProbe, "fit", None)
    for part in (0, 1):
        broken = [dict(which) for which in data]
        folder = shutil.copytree(data[part]["activations"], tmp_path / "dumps" / str(part) / "model")
        values = np.load(folder / "activations.npy", mmap_mode="r+")
        values[-1, 3] = np.nan
        values.flush()
        forget_checksums(folder)
        broken[part]["activations"] = str(folder)
        place = r"line \d+ of words.txt, word 4 \(\w+\), neuron encoder.0.fwd.3"
        with pytest.raises(InputError, match=f"{folder} holds values that are not finite .*: the first is at {place}"):
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
