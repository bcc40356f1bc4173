"""Commands run as a user would type them."""

from __future__ import annotations

import fcntl

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import run_all

LATE = "import time; time.sleep(0.3); open('{}', 'w').close()"


def test_run_all__runs_each_command_once_and_keeps_what_it_says(tmp_path):
    job = {"count": ["python", "-c", "print('said'); open('runs', 'a').write('x')"]}
    run_all(job, tmp_path)
    run_all(job, tmp_path)
    assert (tmp_path / "runs").read_text() == "x"
    assert (tmp_path / "logs" / "count.log").read_text() == "said\n"


def test_a_command_that_fails__is_told_with_the_end_of_its_log_and_those_that_wait_are_not_begun(tmp_path):
    jobs = {"bad": ["python", "-c", "import sys; sys.exit('no such thing')"], "along": ["python", "-c", LATE.format(0)]}
    jobs |= {f"wait{i}": ["python", "-c", LATE.format(i)] for i in range(1, 9)}
    with pytest.raises(InputError, match=r"python failed \(no such thing\); its whole output is in .*bad\.log"):
        run_all(jobs, tmp_path)
    assert not (tmp_path / "logs" / "bad.done").exists()
    assert not (tmp_path / "8").exists()


def test_run_all__runs_so_many_at_a_time(tmp_path):
    meet = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); end = time.time() + {}\n"
    meet += (
        "while not all(map(pathlib.Path.exists, map(pathlib.Path, '012'))): assert time.time() < end; time.sleep(0.02)"
    )
    jobs = {f"job{i}": ["python", "-c", meet.format(30), str(i)] for i in range(3)}
    run_all(jobs, tmp_path, workers=3)
    for name in "012":
        (tmp_path / name).unlink()
    alone = {f"alone{i}": ["python", "-c", meet.format(0.5), str(i)] for i in range(3)}
    with pytest.raises(InputError, match="python failed"):
        run_all(alone, tmp_path, workers=1)


def test_a_command_that_still_runs__is_not_begun_a_second_time(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "one.log").write_text("at work\n")
    with open(tmp_path / "logs" / "one.running", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InputError, match=r"python is still writing .*one\.log; wait for it, or end it"):
            run_all({"one": ["python", "-c", "print('again')"]}, tmp_path)
        assert (tmp_path / "logs" / "one.log").read_text() == "at work\n"
    run_all({"one": ["python", "-c", "print('again')"]}, tmp_path)
    assert (tmp_path / "logs" / "one.log").read_text() == "again\n"
