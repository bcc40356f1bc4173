"""Tasks over processes: every result, every error, and no process that outlives its parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest

from fairseq_neurons.ablation.forked_workers import Workers
from fairseq_neurons.errors import InputError


def gone(pid: int, patience: float = 5.0) -> bool:
    """Whether a process ends (or is a zombie) in time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_task__has_its_result_once(count):
    shared = list(range(100))  # not copied, but there
    with Workers(lambda task: (task, shared[task] ** 2, os.getpid()), count) as workers:
        found = list(workers.results(list(range(20))))
    assert sorted(task for task, _ in found) == list(range(20))
    assert all(result[:2] == (task, task**2) for task, result in found)
    pids = {result[2] for _, result in found}
    assert pids == {os.getpid()} if count == 1 else os.getpid() not in pids
    assert not multiprocessing.active_children()


def test_tasks__go_to_whoever_is_free():
    with Workers(lambda task: time.sleep(task) or os.getpid(), 2) as workers:
        found = dict(workers.results([0.5, 0.01, 0.02, 0.03]))
    assert list(found)[-1] == 0.5
    assert len({found[0.01], found[0.02], found[0.03]}) == 1 and found[0.5] != found[0.01]


@pytest.mark.parametrize("count", [1, 2])
def test_an_error__ends_the_others(count):
    def function(task: int) -> None:
        if task == 1:
            raise InputError("wrong")
        time.sleep(60 if count > 1 else 0)

    start = time.monotonic()
    with pytest.raises(InputError, match="^wrong$") as raised, Workers(function, count) as workers:
        list(workers.results([0, 1]))
    assert time.monotonic() - start < 10
    assert not multiprocessing.active_children()
    # Where it was raised is not lost on the way between the processes.
    assert count == 1 or "in function" in str(raised.value.__cause__)


def test_a_worker_that_dies__is_one_sentence():
    with pytest.raises(InputError, match=r"exit status -9.*workers="), Workers(_suicide, 2) as workers:
        list(workers.results([0]))


def _suicide(task: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_workers_at_work__end_when_their_parent_is_killed(tmp_path):
    parent = os.fork()
    if parent == 0:
        with Workers(lambda task: (tmp_path / str(os.getpid())).touch() or time.sleep(60), 3) as workers:
            list(workers.results([0, 1, 2]))
        os._exit(0)
    try:
        while len(list(tmp_path.iterdir())) < 3:
            time.sleep(0.02)
    finally:
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
    assert all(gone(int(path.name)) for path in tmp_path.iterdir())


def test_ctrl_c__is_left_to_the_parent(tmp_path):
    parent = os.fork()
    if parent == 0:
        os.setsid()
        # Where the tests run in the background of a shell, it is ignored from the start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with Workers(lambda task: (tmp_path / str(os.getpid())).touch() or time.sleep(60), 2) as workers:
                list(workers.results([0, 1]))
        except KeyboardInterrupt:
            os._exit(7)
        os._exit(0)
    while len(list(tmp_path.iterdir())) < 2:
        time.sleep(0.02)
    os.killpg(parent, signal.SIGINT)
    assert os.waitstatus_to_exitcode(os.waitpid(parent, 0)[1]) == 7
    assert all(gone(int(path.name)) for path in tmp_path.iterdir())
