"""Read and write files: a written file is complete or absent, and errors are one sentence."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from fairseq_neurons.errors import InputError

# Some editors write it at the start of a UTF-8 file; it belongs to no word.
BYTE_ORDER_MARK = "\ufeff"


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Report an `OSError` of the block, such as a full disk, in one sentence.

    Args:
        path: the file or folder that the user asked for.

    Raises:
        InputError: naming the path and the reason.
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}.") from error


def write_text_whole(path: Path, text: str) -> None:
    """Write UTF-8 text beside the final name and rename it, so that a reader never sees half a file.

    Raises:
        InputError: if the folder cannot be written or the disk is full; an older file of that name stays as it was.
    """
    write_bytes_whole(path, text.encode("utf-8"))


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write bytes in the same way.

    Raises:
        InputError: as of `write_text_whole`.
    """
    partial = path.with_name(path.name + ".partial")
    with writing(path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(partial, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError:
            with suppress(OSError):
                partial.unlink()
            raise


def read_text(path: Path, what: str) -> str:
    """Read a UTF-8 file, without the byte order mark at its start, if it has one.

    Args:
        path: the file.
        what: what it should be, for the message.

    Raises:
        InputError: if it cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8").removeprefix(BYTE_ORDER_MARK)
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"The {what} {path} is not UTF-8 text (byte {error.start}).") from error


def read_lines(path: Path, what: str) -> list[str]:
    """Read the lines of a UTF-8 file, split at ``\\n`` alone, as fairseq does.

    ``str.splitlines`` would also split at characters that occur inside sentences (U+2028, form feeds).
    """
    text = read_text(path, what)
    return text.removesuffix("\n").split("\n") if text else []


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a UTF-8 file whole, each line ended by ``\\n``.

    Raises:
        InputError: if it cannot be written; an older file of that name stays as it was.
    """
    write_text_whole(path, "".join(line + "\n" for line in lines))


def stream_lines(path: Path, what: str) -> Iterator[str]:
    """Yield the same lines one by one, for files that may be large.

    Raises:
        InputError: as of `read_text`.
    """
    try:
        with open(path, encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file):
                yield (line if number else line.removeprefix(BYTE_ORDER_MARK)).removesuffix("\n")
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"The {what} {path} is not UTF-8 text.") from error


def check_new_file(path: Path) -> None:
    """Refuse a file that exists or cannot be written, before the work that fills it. Its folder is made.

    Raises:
        InputError: if something of that name exists, or the file cannot be written.
    """
    check_free(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(path.parent, os.W_OK):
            raise PermissionError(errno.EACCES, "its folder is read-only")


def check_free(out: Path) -> None:
    """Refuse a name that is taken.

    Raises:
        InputError: if something of that name exists.
    """
    if os.path.lexists(out):
        raise InputError(f"{out} already exists; remove it or choose another name.")


def hold(lock: Path, out: Path) -> TextIO:
    """Keep other runs away from a result until the returned file is closed.

    Args:
        lock: the file to lock; it and its folder are made if they are missing.
        out: the result, for the message.

    Raises:
        InputError: if the lock cannot be written, or another run holds it.
    """
    with writing(out):
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = open(lock, "w")  # noqa: SIM115 - closed by the caller
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # A run that has just ended may have removed the file between the two calls, and the next one made another.
        is_held = os.path.samestat(os.fstat(held.fileno()), os.stat(lock))
    except OSError:
        is_held = False
    if not is_held:
        held.close()
        raise InputError(f"Another run is writing {out}; wait for it or choose another name.")
    return held


def sha256_of_file(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
