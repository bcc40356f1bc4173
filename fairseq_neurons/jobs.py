"""Run fairseq's commands as a user would type them, two at a time, each with a log of its own."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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


def run_all(commands: Mapping[str, Sequence[str]], folder: Path) -> None:
    """Run commands, each on one thread, ``WORKERS`` at a time; those that an earlier run has finished are left out.

    Args:
        commands: name of the log -> command line, the program being one of fairseq's or ours.
        folder: where they run; logs go to its ``logs``.

    Raises:
        InputError: if one fails, with the end of its log.
    """
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(_run, name, command, folder) for name, command in commands.items()]:
            future.result()


def _run(name: str, command: Sequence[str], folder: Path) -> None:
    log, done_before = folder / "logs" / f"{name}.log", folder / "logs" / f"{name}.done"
    if done_before.exists():
        return
    logger.info("$ %s", shlex.join(command))
    program = Path(sys.executable).parent / command[0]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    with open(log, "w", encoding="utf-8") as output:
        done = subprocess.run(
            [str(program), *command[1:]], cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    if done.returncode:
        last = log.read_text(encoding="utf-8").strip().rpartition("\n")[2]
        raise InputError(f"{command[0]} failed ({last}); its whole output is in {log}.")
    done_before.touch()
