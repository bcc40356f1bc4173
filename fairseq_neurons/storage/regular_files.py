"""Open regular files and nothing else: a FIFO waits for its writer, a device never ends, a socket is no file at all."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

from fairseq_neurons.errors import InputError

OTHERS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def open_file(path: str | Path) -> BufferedReader:
    """Open a regular file, or a link to one, to read its bytes.

    Raises:
        OSError: if it cannot be opened, or is something else; ``strerror`` says what it is.
    """
    name = os.fspath(path)
    try:
        # Before it is opened: opening some devices has an effect.
        _check(os.stat(name).st_mode, name)
        file = open(name, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK))  # noqa: SIM115 - closed by the caller
    except ValueError as error:
        raise OSError(errno.EINVAL, f"its name is invalid ({error})", name) from error
    try:
        _check(os.fstat(file.fileno()).st_mode, name)
    except BaseException:
        file.close()
        raise
    return file


def check_replaceable(path: Path) -> None:
    """Refuse to replace anything but a regular file, or a link to one: renaming would remove a device.

    Raises:
        InputError: if something else has this name.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return
    if kind := OTHERS.get(stat.S_IFMT(mode)):
        raise InputError(f"{path} is {kind}, not a file; choose another name.")


def _check(mode: int, name: str) -> None:
    kind = OTHERS.get(stat.S_IFMT(mode))
    if kind is not None:
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", name)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
