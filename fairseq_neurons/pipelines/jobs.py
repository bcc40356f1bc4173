"""Run console commands as a user would type them, a few at a time, each with a log of its own."""

from __future__ import annotations

import fcntl
import logging
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from fairseq_neurons.errors import InputError

logger = logging.getLogger(__name__)

WORKERS = 2

# Name of the log -> command line, the program being one of fairseq's or ours.
Jobs = dict[str, list[str]]


def run_all(jobs: Mapping[str, Sequence[str]], folder: Path, workers: int = WORKERS) -> None:
    """Run commands, each on one thread; those that an earlier run has finished are skipped.

    Args:
        jobs: the commands by the names of their logs.
        folder: where they run; logs go to its ``logs``.
        workers: how many run at a time.

    Raises:
        InputError: if a command fails, with the end of its log; or if an earlier call, even one that was killed, is
            still running it.
    """
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_run, name, command, folder) for name, command in jobs.items()]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            # Ctrl-C ends the running commands; the waiting ones would start in their place.
            pool.shutdown(wait=False, cancel_futures=True)
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


def _run(name: str, command: Sequence[str], folder: Path) -> None:
    if is_finished(folder, name):
        return
    log = folder / "logs" / f"{name}.log"
    logger.info("$ %s", shlex.join(command))
    program = Path(sys.executable).parent / command[0]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    with open(log.with_suffix(".running"), "w") as lock, open(log, "a", encoding="utf-8") as output:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(f"{command[0]} is still writing {log}; wait for it, or end it.") from error
        output.truncate(0)
        done = subprocess.run(
            [str(program), *command[1:]],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            # The command inherits the lock and holds it even if this process dies.
            pass_fds=[lock.fileno()],
        )
    if done.returncode:
        last = log.read_text(encoding="utf-8").strip().rpartition("\n")[2]
        raise InputError(f"{command[0]} failed ({last}); its whole output is in {log}.")
    _mark(folder, name).touch()
