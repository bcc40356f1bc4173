"""Run console commands: each once, at most as many at a time as asked for, none twice at the same time."""

from __future__ import annotations

import fcntl

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.jobs import is_finished, remove_unfinished, run_again, run_all

LATE = "import time; time.sleep(0.3); open('{}', 'w').close()"


def test_run_all__runs_each_command_once_and_keeps_its_output(tmp_path):
    job = {"count": ["python", "-c", "print('said'); open('runs', 'a').write('x')"]}
    run_all(job, tmp_path)
    run_all(job, tmp_path)
    assert (tmp_path / "runs").read_text() == "x"
    assert (tmp_path / "logs" / "count.log").read_text() == "said\n"


def test_a_command_that_fails__is_reported_with_the_end_of_its_log_and_waiting_ones_are_not_started(tmp_path):
    jobs = {"bad": ["python", "-c", "import sys; sys.exit('no such thing')"], "along": ["python", "-c", LATE.format(0)]}
    jobs |= {f"wait{i}": ["python", "-c", LATE.format(i)] for i in range(1, 9)}
    with pytest.raises(InputError, match=r"python failed \(no such thing\); its whole output is in .*bad\.log"):
        run_all(jobs, tmp_path)
    assert not (tmp_path / "logs" / "bad.done").exists()
    assert not (tmp_path / "8").exists()


@pytest.mark.parametrize(
    ("end", "reason"),
    [("os.kill(os.getpid(), 9)", "ended by SIGKILL"), ("sys.exit(3)", "exit status 3"), ("sys.exit('why')", "why")],
)
def test_a_command_that_fails__is_reported_with_its_signal_or_exit_status_if_it_says_nothing(tmp_path, end, reason):
    with pytest.raises(InputError) as failed:
        run_all({"bad": ["python", "-c", f"import os, sys; {end}"]}, tmp_path)
    assert f"python failed ({reason}); its whole output" in str(failed.value)


def test_run_all__runs_as_many_at_a_time_as_there_are_workers(tmp_path):
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


def test_a_running_command__is_not_started_a_second_time(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "one.log").write_text("at work\n")
    with open(tmp_path / "logs" / "one.running", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InputError, match=r"python is still writing .*one\.log; wait for it, or end it"):
            run_all({"one": ["python", "-c", "print('again')"]}, tmp_path)
        assert (tmp_path / "logs" / "one.log").read_text() == "at work\n"
    run_all({"one": ["python", "-c", "print('again')"]}, tmp_path)
    assert (tmp_path / "logs" / "one.log").read_text() == "again\n"


def test_run_again__runs_a_finished_command_once_more(tmp_path):
    job = {"count": ["python", "-c", "open('runs', 'a').write('x')"]}
    run_all(job, tmp_path)
    assert is_finished(tmp_path, "count")
    run_again(tmp_path, "count")
    assert not is_finished(tmp_path, "count")
    run_all(job, tmp_path)
    assert (tmp_path / "runs").read_text() == "xx"


def test_remove_unfinished__keeps_the_output_of_a_finished_command(tmp_path):
    for name in ("whole", "killed"):
        (tmp_path / "out" / name).mkdir(parents=True)
    run_all({"whole": ["python", "-c", ""]}, tmp_path)
    for name in ("whole", "killed", "never_begun"):
        remove_unfinished(tmp_path, name, f"out/{name}")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["whole"]
