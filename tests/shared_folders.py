"""Folders that are costly to make: made once a session, by whichever worker needs them first."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Fill a folder with `make`, unless a worker has done so; while one does, the others wait.

    Args:
        folder: where the result lies; it must be the same path for all workers.
        make: called with the folder, which exists and is empty.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.with_name(f"{folder.name}.done")
    with open(folder.with_name(f"{folder.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            done.touch()
    return folder
