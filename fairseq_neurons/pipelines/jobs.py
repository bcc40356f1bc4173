"""Run fairseq's commands as a user would type them, some at a time, each with a log of its own."""

from __future__ import annotations

import fcntl
import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import fairseq_neurons
from fairseq_neurons.errors import InputError

logger = logging.getLogger(__name__)

WORKERS = 2


def user_dir() -> Path:
    """The folder for ``--user-dir``: at the top of a checkout, inside the package of an installation."""
    package = Path(fairseq_neurons.__file__).parent
    candidates = [package / "user_dir", package.parent / "user_dir"]
    return next(path for path in candidates if (path / "__init__.py").is_file())


def run_all(commands: Mapping[str, Sequence[str]], folder: Path, workers: int = WORKERS) -> None:
    """Run commands, each on one thread; those that an earlier run has finished are left out.

    Args:
        commands: name of the log -> command line, the program being one of fairseq's or ours.
        folder: where they run; logs go to its ``logs``.
        workers: how many run at a time.

    Raises:
        InputError: if one fails, with the end of its log; or is still run by an earlier call, even one that was killed.
    """
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(_run, name, command, folder) for name, command in commands.items()]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            # Ctrl-C ends what runs; what waits for its turn would take it.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _run(name: str, command: Sequence[str], folder: Path) -> None:
    log, done_before = folder / "logs" / f"{name}.log", folder / "logs" / f"{name}.done"
    if done_before.exists():
        return
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
            # The program holds the lock, too, and beyond the life of this one.
            pass_fds=[lock.fileno()],
        )
    if done.returncode:
        last = log.read_text(encoding="utf-8").strip().rpartition("\n")[2]
        raise InputError(f"{command[0]} failed ({last}); its whole output is in {log}.")
    done_before.touch()
