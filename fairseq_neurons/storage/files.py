"""Files that are whole or absent."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from fairseq_neurons.errors import InputError


def write_text_whole(path: Path, text: str) -> None:
    """Write beside the final name and rename, so that a reader never sees half a file.

    Raises:
        InputError: if the folder cannot be written or the disk is full; an older file of that name stays as it was.
    """
    write_bytes_whole(path, text.encode("utf-8"))


def write_bytes_whole(path: Path, content: bytes) -> None:
    """The same for what is no text."""
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink()
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def read_text(path: Path, what: str) -> str:
    """Read a UTF-8 file.

    Args:
        path: the file.
        what: what it should be, for the sentence of the error.

    Raises:
        InputError: if it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"The {what} {path} is not UTF-8 text (byte {error.start}).") from error


def read_lines(path: Path, what: str) -> list[str]:
    """The lines of a UTF-8 file, split at ``\\n`` alone, as fairseq does.

    ``str.splitlines`` would also split at characters that occur inside sentences (U+2028, form feeds).
    """
    text = read_text(path, what)
    return text.removesuffix("\n").split("\n") if text else []


def stream_lines(path: Path, what: str) -> Iterator[str]:
    """The same lines one by one, for files that may be large."""
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            for line in file:
                yield line.removesuffix("\n")
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"The {what} {path} is not UTF-8 text.") from error


def check_writable(path: Path) -> None:
    """Make the folder of a file to be and see whether it can be written, before the work that fills the file.

    Raises:
        InputError: if it cannot.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise InputError(f"{path} cannot be written: it is a folder, or its folder is read-only.")


def hold(lock: Path, out: Path) -> TextIO:
    """Keep other runs away from a result until the file that is returned is closed.

    Args:
        lock: what is locked; made if there is none, with its folder.
        out: the result, for the sentence of the error.

    Raises:
        InputError: if the lock cannot be written, or another run holds it.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = open(lock, "w")  # noqa: SIM115 - the caller's
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror or error}.") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A run that has just ended may have removed the file between the two calls.
        os.stat(lock)
    except OSError as error:
        held.close()
        raise InputError(f"Another run is writing {out}; wait for it or choose another name.") from error
    return held


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
