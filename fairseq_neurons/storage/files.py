"""Read and write files: a written file is complete or absent, and errors are one sentence."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import io
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.disk_space import human_bytes
from fairseq_neurons.storage.regular_files import check_replaceable, open_file

# A file that is read as a whole, and a line of one that is not, may not be longer: damaged ones would fill the memory.
LARGEST = 1 << 30
LONGEST_LINE = 1 << 26
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
    for name in (path, partial):
        check_replaceable(name)
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


def read_bytes(path: Path, what: str) -> bytes:
    """Read a regular file.

    Args:
        path: the file.
        what: what it should be, for the message.

    Raises:
        InputError: if it cannot be read, is a device, a FIFO or a socket, or is larger than such a file can be.
    """
    with reading(path, what), open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > LARGEST:
            raise InputError(f"The {what} {path} has {human_bytes(size)}; it must not exceed {human_bytes(LARGEST)}.")
        return file.read()


@contextmanager
def reading(path: Path, what: str) -> Iterator[None]:
    """Report an `OSError` of the block in one sentence.

    Args:
        path: the file or folder.
        what: what it should be.

    Raises:
        InputError: naming the path and the reason.
    """
    try:
        yield
    except OSError as error:
        raise InputError(f"The {what} {path} cannot be read: {error.strerror or error}.") from error


def read_text(path: Path, what: str) -> str:
    """Read a UTF-8 file, without the byte order mark at its start, if it has one.

    Raises:
        InputError: if it is not UTF-8, or as of `read_bytes`.
    """
    try:
        text = read_bytes(path, what).decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        raise InputError(f"The {what} {path} is not UTF-8 text (byte {error.start}).") from error
    # As Python reads text.
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


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
        InputError: as of `read_text`, or if a line has no end.
    """
    try:
        with reading(path, what), io.TextIOWrapper(open_file(path), encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), "")):
                if len(line) == LONGEST_LINE:
                    raise InputError(
                        f"Line {number + 1} of the {what} {path} is longer than {LONGEST_LINE:,} characters."
                    )
                yield (line if number else line.removeprefix(BYTE_ORDER_MARK)).removesuffix("\n")
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
        held = open(lock, "a", opener=_open_lock)  # noqa: SIM115 - closed by the caller
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
    """Hexadecimal SHA-256 of a file's bytes.

    Raises:
        OSError: if it cannot be read, or is not a regular file.
    """
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open_lock(path: str, flags: int) -> int:
    """Neither follow a link to a file of somebody else's nor wait for the reader of a FIFO."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, f"{path} is not a file", path)
    return descriptor
