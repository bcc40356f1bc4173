"""Run console commands as a user would type them, a few at a time, each with a log of its own."""

from __future__ import annotations

import fcntl
import logging
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.bound_to_parent import bound
from fairseq_neurons.pipelines.job_progress import Display, FollowedLog

logger = logging.getLogger(__name__)

WORKERS = 2
# Seconds between two looks at the logs, and before a command that was interrupted is ended.
INTERVAL, GRACE = 1.0, 5.0

# Name of the log -> command line, the program being one of fairseq's or ours.
Jobs = dict[str, list[str]]


@dataclass(frozen=True, eq=False)
class Running:
    """A command that is running, and its log."""

    process: subprocess.Popen[bytes]
    log: FollowedLog


def run_all(jobs: Mapping[str, Sequence[str]], folder: Path, workers: int = WORKERS) -> None:
    """Run commands, each on one thread; those that an earlier run has finished are skipped.

    Meanwhile it is shown how far they are, see `Display`. They end with this process, even if that is killed.

    Args:
        jobs: the commands by the names of their logs.
        folder: where they run; logs go to its ``logs``.
        workers: how many run at a time.

    Raises:
        InputError: if a command fails, with the end of its log; or if an earlier call is still running it.
    """
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    running: dict[str, Running] = {}
    with Display() as display, ThreadPoolExecutor(workers) as pool:
        waiting = {pool.submit(_run, name, command, folder, running) for name, command in jobs.items()}
        try:
            while waiting:
                done, waiting = wait(waiting, INTERVAL, FIRST_COMPLETED)
                display.show(job.log for job in list(running.values()))
                for future in done:
                    future.result()
        except BaseException as error:
            # The waiting commands would start in the place of those that end.
            pool.shutdown(wait=False, cancel_futures=True)
            _end(running, patiently=isinstance(error, InputError))
            raise


def is_finished(folder: Path, job: str) -> bool:
    """Whether a command has been run to its end."""
    return _mark(folder, job).exists()


def run_again(folder: Path, job: str) -> None:
    """Let the next `run_all` run a command even if it is finished."""
    _mark(folder, job).unlink(missing_ok=True)


def remove_unfinished(folder: Path, job: str, output: str) -> None:
    """Remove the output folder of a command that is not finished.

    A run that was killed after its command had written the whole folder, but before the command was marked as
    finished, leaves a folder that the command would refuse to replace.
    """
    if not is_finished(folder, job):
        shutil.rmtree(folder / output, ignore_errors=True)


def _mark(folder: Path, job: str) -> Path:
    return folder / "logs" / f"{job}.done"


def _end(running: Mapping[str, Running], patiently: bool) -> None:
    """End the running commands; after the failure of another one, let them finish.

    Ctrl-C on a terminal has reached the commands, too, and they end by themselves; an interrupt of this process alone
    has not.
    """
    left = dict(running)
    if patiently:
        if left:
            logger.info("Waiting for %s to end", ", ".join(left))
        return
    for job in left.values():
        try:
            job.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            job.process.terminate()


def _run(name: str, command: Sequence[str], folder: Path, running: dict[str, Running]) -> None:
    if is_finished(folder, name):
        return
    log = folder / "logs" / f"{name}.log"
    logger.info("$ %s", shlex.join(command))
    with open(log.with_suffix(".running"), "w") as lock, open(log, "a", encoding="utf-8") as output:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(f"{command[0]} is still writing {log}; wait for it, or end it.") from error
        output.truncate(0)
        with _start(command, folder, output, lock) as process:
            running[name] = Running(process, FollowedLog(name, command, log))
            try:
                status = process.wait()
            finally:
                del running[name]
    if status:
        raise InputError(f"{command[0]} failed ({_reason(status, log)}); its whole output is in {log}.")
    _mark(folder, name).touch()


def _reason(status: int, log: Path) -> str:
    """The signal that ended a command, or the last line of its log."""
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    last = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
    return last or f"exit status {status}"


def _start(command: Sequence[str], folder: Path, output: TextIO, lock: TextIO) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).parent / command[0]
    return subprocess.Popen(
        bound([str(program), *command[1:]]),
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        stdout=output,
        stderr=subprocess.STDOUT,
        # The command inherits the lock and holds it until it has ended, even if this process dies before.
        pass_fds=[lock.fileno()],
    )
