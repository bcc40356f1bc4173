"""A curve that was killed goes on, and what comes out is what an undisturbed run makes."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import traceback
from pathlib import Path

import pytest
import torch
from tqdm import tqdm

from fairseq_neurons.ablation.comparisons import compare, with_significance
from fairseq_neurons.ablation.curve_folder import CurveFolder
from fairseq_neurons.ablation.curve_records import Choice
from fairseq_neurons.ablation.forked_workers import Workers
from fairseq_neurons.ablation.measurement import Measurement
from fairseq_neurons.ablation.planned_points import plan
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.sealed_json import sealed
from tests.ablation.small_ablations import Norms, ranking, settings
from tests.shared_folders import made_once

RANKINGS = {"a": ranking(1), "b": ranking(2)}
POINTS = [0, 2, 5, "50%", "100%"]
IDENTITY = {"metric": "norms", "checkpoint_sha256": "0" * 64}
# Two rankings from both ends at 2, 5 and 8 neurons; three random orders; none and all of them.
DIFFERENT_MASKS = 2 * 2 * 3 + 3 * 3 + 2


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class Curve:
    """The parts of a run that can be disturbed, on a model that is there already."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.model = model
        self.words = torch.arange(4, 10).view(1, -1)

    def norms(self) -> list[float]:
        with torch.no_grad():
            return self.model(self.words)[0][0].norm(dim=1).tolist()

    def run(self, out: Path, workers: int = 1, seconds: float = 0.0, rankings=RANKINGS, identity=IDENTITY, **options):
        torch.set_num_threads(1)
        metric = Norms(self.norms, seconds)
        points = plan(settings(**{"points": POINTS, **options}), rankings, None)
        with CurveFolder(out, identity, {name: made.signature for name, made in rankings.items()}) as place:
            place.begin()
            Measurement(self.model, metric, place, "made").measure(points, workers)
            comparisons = compare(metric, place, workers)
            curve = with_significance(place.curve.records, comparisons, "compared")
            place.finish(curve, comparisons, None)
        return curve, comparisons, metric

    def kill(self, out: Path, after: float, workers: int) -> bool:
        """Kill -9 a run after so many seconds; whether it was still at work."""
        child = os.fork()
        if child == 0:
            # tqdm's own lock would be shared with the child, and stay locked when that is killed.
            tqdm.set_lock(threading.RLock())
            try:
                self.run(out, workers, seconds=0.02)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, -signal.SIGKILL)
        return code != 0


@pytest.fixture
def curve(language_model):
    threads = torch.get_num_threads()
    yield Curve(language_model)
    torch.set_num_threads(threads)


@pytest.fixture
def undisturbed(curve, session_folder):
    return files(made_once(session_folder / "undisturbed", lambda folder: curve.run(folder / "out")) / "out")


def test_points__are_those_of_the_masks_applied_one_by_one(curve, tmp_path):
    points, comparisons, metric = curve.run(tmp_path / "out")
    assert metric.runs == DIFFERENT_MASKS
    assert len(points) == 2 * 5 * (2 + 3)
    scores = {(*p.choice, p.neurons): p.score for p in points}
    assert scores["a", "top", None, 16] == scores["b", "random", 2, 16] != scores["a", "top", None, 0]
    assert scores["a", "random", 3, 5] == scores["b", "random", 3, 5] != scores["a", "random", 2, 5]
    for point in points:
        numbers = [float(number) for number in (tmp_path / "out" / point.output).read_text().split()]
        assert point.score == sum(numbers)
    assert sum(curve.norms()) == scores["a", "bottom", None, 0]
    lines = [json.loads(line) for line in (tmp_path / "out" / "curve.jsonl").read_text().splitlines()]
    assert lines == [sealed(point.to_json()) for point in points]
    assert len({point.signature for point in points}) == len(points)
    # Against the unablated model: every point. At each of 4 numbers of neurons: top, bottom and 3 random orders of a
    # ranking against each other but for random ones, and both rankings' tops and bottoms.
    assert len(comparisons) == len(points) + 4 * (2 * (1 + 2 * 3) + 2)
    assert len({found.signature for found in comparisons}) == len(comparisons)
    for found in comparisons:
        against = found.against or Choice("a", "top", None)
        baseline = scores[*against, found.neurons if found.against else 0]
        assert found.result.difference == scores[*found.choice, found.neurons] - baseline


@pytest.mark.parametrize("workers", [1, 2])
def test_run_that_was_killed_again_and_again__equals_the_undisturbed_one(curve, undisturbed, tmp_path, workers):
    # Until it is done: each run is killed a little later than the one before, at no particular point.
    after, kills = 0.05, 0
    while curve.kill(tmp_path / "out", after, workers):
        after, kills = after + 0.037, kills + 1
    assert kills >= 3
    assert files(tmp_path / "out") == undisturbed
    assert curve.run(tmp_path / "out")[2].runs == 0
    assert files(tmp_path / "out") == undisturbed


@pytest.mark.parametrize("name", ["curve.jsonl", "comparisons.jsonl"])
@pytest.mark.parametrize("left", [0.0, 0.3, 0.71, 0.999])
def test_file_that_was_cut_off__is_completed(curve, undisturbed, tmp_path, name, left):
    curve.run(tmp_path / "out")
    content = undisturbed[name]
    (tmp_path / "out" / name).write_bytes(content[: int(left * len(content))])
    assert curve.run(tmp_path / "out")[2].runs == 0
    assert files(tmp_path / "out") == undisturbed


def test_lost_output__is_measured_again_and_alone(curve, undisturbed, tmp_path):
    curve.run(tmp_path / "out")
    lost = [name for name in undisturbed if name.startswith("numbers/")]
    assert len(lost) == DIFFERENT_MASKS
    (tmp_path / "out" / lost[3]).unlink()
    lines = undisturbed["curve.jsonl"].decode().splitlines(keepends=True)
    kept = [line for line in lines if lost[3] not in line]
    (tmp_path / "out" / "curve.jsonl").write_text("".join(kept))
    assert curve.run(tmp_path / "out")[2].runs == 1
    assert files(tmp_path / "out") == undisturbed


def test_lost_output_of_a_known_point__is_measured_again(curve, undisturbed, tmp_path):
    curve.run(tmp_path / "out")
    lost = next(name for name in undisturbed if name.startswith("numbers/") and "unablated" not in name)
    (tmp_path / "out" / lost).unlink()
    assert curve.run(tmp_path / "out")[2].runs == 1
    assert files(tmp_path / "out") == undisturbed


def test_more_points_rankings_and_seeds__are_added_to_what_there_is(curve, undisturbed, tmp_path):
    first = {"a": RANKINGS["a"]}
    less = curve.run(tmp_path / "out", rankings=first, points=[5, "50%"], seeds=1, order=["random", "top"])
    assert less[2].runs == 1 + 4
    more = curve.run(tmp_path / "out", workers=2)
    assert len(more[0]) == 50
    assert files(tmp_path / "out") == undisturbed
    # Asking for less again takes nothing away.
    again = curve.run(tmp_path / "out", rankings=first, points=[5, "50%"], seeds=1)
    assert again[2].runs == 0 and again[0] == more[0]


def test_runs_at_once__do_not_mix(curve, undisturbed, tmp_path):
    with (
        CurveFolder(tmp_path / "out", IDENTITY, {}),
        pytest.raises(InputError, match="Another run is writing .*/out; wait"),
    ):
        curve.run(tmp_path / "out")
    curve.run(tmp_path / "out")
    assert files(tmp_path / "out") == undisturbed


def test_workers__do_not_hold_the_folder(tmp_path):
    """They share its lock, and would keep the next run out as long as they live."""
    place = CurveFolder(tmp_path / "out", IDENTITY, {})
    with Workers(time.sleep, 2, place.release):
        place.release()
        end = time.monotonic() + 5
        while True:
            try:
                return CurveFolder(tmp_path / "out", IDENTITY, {}).release()
            except InputError:
                assert time.monotonic() < end
                time.sleep(0.02)


def test_error_before_anything_is_measured__leaves_nothing(curve, tmp_path, monkeypatch):
    def fail(self: Workers, tasks: object) -> None:
        raise InputError("wrong")

    monkeypatch.setattr(Workers, "results", fail)
    with pytest.raises(InputError, match="wrong"):
        curve.run(tmp_path / "out")
    assert not list(tmp_path.iterdir())
