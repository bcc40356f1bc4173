"""Checksums of a dump's files: cheap ones for every opening, and one of all values."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

# Rows that are checked whenever a dump is opened, evenly spaced, and the size of a dump that is checked as a whole.
ROWS = 4
SMALL = 4 << 20


@dataclass(frozen=True)
class Checksums:
    """Hexadecimal SHA-256 of the content of a dump.

    Args:
        activations: of all values, see `SentenceDigests`.
        rows: of at most 4 evenly spaced rows, the first and the last among them, one after the other.
        offsets: of the offsets as little-endian 64-bit integers.
        words: of the lines of ``words.txt``, each ended by a line feed, in UTF-8.
    """

    activations: str
    rows: str
    offsets: str
    words: str


class SentenceDigests:
    """The checksum of all values, computed from sentences in any order: the SHA-256 of the SHA-256 of their rows.

    Args:
        sentences: their number.
    """

    def __init__(self, sentences: int) -> None:
        self._digests = np.zeros((sentences, hashlib.sha256().digest_size), dtype=np.uint8)
        self._has_rows = np.zeros(sentences, dtype=bool)

    def add(self, sentence: int, rows: bytes | memoryview) -> None:
        """Add the bytes of a sentence's rows; a sentence without rows is not added."""
        self._digests[sentence] = np.frombuffer(hashlib.sha256(rows).digest(), dtype=np.uint8)
        self._has_rows[sentence] = True

    def hexdigest(self) -> str:
        return hashlib.sha256(self._digests[self._has_rows].tobytes()).hexdigest()


def digest_of_values(file: BinaryIO, start: int, offsets: np.ndarray, width: int) -> str:
    """The checksum of all values of a dump, read once from the disk.

    Args:
        file: ``activations.npy``.
        start: where the first row begins in it.
        offsets: of the dump.
        width: of a row in bytes.
    """
    digests = SentenceDigests(len(offsets) - 1)
    file.seek(start)
    for sentence, rows in enumerate(np.diff(offsets).tolist()):
        if rows:
            digests.add(sentence, file.read(rows * width))
    return digests.hexdigest()


def digest_of_rows(file: BinaryIO, start: int, rows: int, width: int) -> str:
    """The checksum of evenly spaced rows.

    Args:
        file: ``activations.npy``.
        start: where the first row begins in it.
        rows: of the dump.
        width: of a row in bytes.
    """
    digest = hashlib.sha256()
    for row in np.unique(np.linspace(0, max(rows - 1, 0), ROWS).astype(np.int64)).tolist() if rows else ():
        digest.update(os.pread(file.fileno(), width, start + row * width))
    return digest.hexdigest()


def digest_of_offsets(offsets: np.ndarray) -> str:
    """The checksum of the offsets, int64 (sentences + 1,)."""
    return hashlib.sha256(offsets.astype("<i8").tobytes()).hexdigest()


def digest_of_lines(lines: Iterable[str]) -> str:
    """The checksum of the lines of a text, without their ends."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()
