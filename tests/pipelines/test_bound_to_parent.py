"""Commands end with the process that runs them, however that ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fairseq_neurons.pipelines import bound_to_parent

RUN = """
import sys
from pathlib import Path
from fairseq_neurons.pipelines import jobs
jobs.GRACE = 0.1
sleep = "import os, time; open('pid.part', 'w').write(str(os.getpid())); os.rename('pid.part', 'pid'); time.sleep(60)"
jobs.run_all({"sleep": ["python", "-c", sleep]}, Path(sys.argv[1]))
"""
SECONDS = 20


def wait_for(condition) -> bool:
    end = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGINT"])
def test_a_command__ends_with_the_process_that_runs_it(name, tmp_path):
    with subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], stderr=subprocess.DEVNULL) as parent:
        assert wait_for((tmp_path / "pid").exists)
        child = int((tmp_path / "pid").read_text())
        assert is_running(child)
        parent.send_signal(signal.Signals[name])
        parent.wait(SECONDS)
    assert wait_for(lambda: not is_running(child))
    assert not (tmp_path / "logs" / "sleep.done").exists()


def test_a_command_whose_parent_has_ended__is_not_started(tmp_path):
    command = [sys.executable, bound_to_parent.__file__, str(os.getpid() + 1), "/bin/touch", str(tmp_path / "touched")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "The process that started /bin/touch has ended" in done.stderr
    assert not (tmp_path / "touched").exists()


def test_bound__runs_the_command_with_its_arguments_and_exit_status():
    script = "import sys; print(sys.argv[1:]); sys.exit(3)"
    done = subprocess.run(
        bound_to_parent.bound([sys.executable, "-c", script, "a b", "--c"]), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (3, "['a b', '--c']\n")
