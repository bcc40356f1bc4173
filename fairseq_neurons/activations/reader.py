"""Open a dump and read it in blocks."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import numpy as np

from fairseq_neurons.activations.dump_checksums import (
    SMALL,
    Checksums,
    digest_of_offsets,
    digest_of_rows,
    digest_of_values,
)
from fairseq_neurons.activations.manifest import Manifest
from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.storage.array_files import read_array
from fairseq_neurons.storage.files import reading, stream_lines
from fairseq_neurons.storage.regular_files import open_file


class Activations:
    """A complete dump, opened read-only. Values stay on the disk until they are used.

    Args:
        path: the folder.

    Attributes:
        manifest: what it holds.
        values: (words, neurons), a memory map.
        offsets: int64 (sentences + 1,), sentence s owns the rows ``offsets[s]:offsets[s+1]``.

    Raises:
        InputError: if the folder is not a dump, or a damaged one.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not os.path.lexists(self.path / "manifest.json"):
            raise InputError(f"{self.path} is not a dump of activations: it has no manifest.json.")
        self.manifest = Manifest.read(self.path / "manifest.json")
        self.values = read_array(self.path / "activations.npy", mmap=True)
        self.offsets = read_array(self.path / "offsets.npy")
        self._check()

    @property
    def neurons(self) -> Neurons:
        """The neurons, in column order."""
        return self.manifest.neurons

    @property
    def checkpoint_sha256(self) -> str:
        """SHA-256 of the model's checkpoint file."""
        return self.manifest.checkpoint_sha256

    def __len__(self) -> int:
        """Number of words."""
        return self.manifest.words

    def blocks(self, rows: int = 4096) -> Iterator[np.ndarray]:
        """Consecutive blocks of at most ``rows`` words, each (rows, neurons), as stored.

        Blocks are read, not mapped: the touched pages of a map count as memory of this process.
        """
        width = len(self.neurons)
        file_path = self.path / "activations.npy"
        with reading(file_path, "array"), open_file(file_path) as file:
            file.seek(-self.values.nbytes, os.SEEK_END)
            for start in range(0, len(self), rows):
                count = min(rows, len(self) - start)
                yield np.fromfile(file, self.values.dtype, count * width).reshape(count, width)

    def sentence(self, index: int) -> np.ndarray:
        """(words of the sentence, neurons), as stored."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @cached_property
    def sentences(self) -> list[list[str]]:
        """The words of each sentence, in data-set order; empty for skipped sentences.

        Raises:
            InputError: if the number of words in a line is not the number of rows of the sentence.
        """
        return list(self.stream_sentences())

    def stream_sentences(self) -> Iterator[list[str]]:
        """Yield the words of each sentence without keeping them.

        Raises:
            InputError: as of `sentences`.
        """
        path, number = self.path / "words.txt", 0
        digest = hashlib.sha256()
        for number, line in enumerate(stream_lines(path, "word list"), start=1):
            digest.update(f"{line}\n".encode())
            # A text has few distinct words: each is one string in memory.
            words = [sys.intern(word) for word in line.split(" ")] if line else []
            if number <= self.manifest.sentences:
                rows = self.offsets[number] - self.offsets[number - 1]
                if len(words) != rows:
                    raise InputError(f"{path}, line {number}: {len(words)} words, but {rows} rows of activations.")
            yield words
        if number != self.manifest.sentences:
            raise InputError(f"{path} has {number} lines, its manifest promises {self.manifest.sentences}.")
        self.check_text(digest.hexdigest())

    def check_text(self, text: str) -> None:
        """Check the words without reading them.

        Args:
            text: SHA-256 of ``words.txt``.

        Raises:
            InputError: if the file was changed.
        """
        if (known := self.manifest.sha256) is not None and text != known.words:
            raise _changed(self.path / "words.txt")

    def mean(self) -> np.ndarray:
        """Mean of every neuron over all words, float64 (neurons,).

        Raises:
            InputError: if the dump has no words.
        """
        if not len(self):
            raise InputError(f"{self.path} has no words: its neurons have no mean.")
        total = np.zeros(len(self.neurons))
        for block in self.blocks():
            total += block.sum(axis=0, dtype=np.float64)
        return total / len(self)

    def verify(self) -> None:
        """Check all values and words against the checksums of the manifest; opening a large dump checks a sample.

        Raises:
            InputError: naming the file that was changed.
        """
        for _ in self.stream_sentences():
            pass
        if self.manifest.sha256 is not None:
            self._verify(self.manifest.sha256, whole=True)

    def _verify(self, known: Checksums, whole: bool) -> None:
        if digest_of_offsets(self.offsets) != known.offsets:
            raise _changed(self.path / "offsets.npy")
        file_path, start = self.path / "activations.npy", self.values.offset  # type: ignore[attr-defined]
        width = self.manifest.row_bytes
        with reading(file_path, "array"), open_file(file_path) as file:
            same = digest_of_rows(file, start, len(self), width) == known.rows
            if whole:
                same = same and digest_of_values(file, start, self.offsets, width) == known.activations
        if not same:
            raise _changed(file_path)

    def _check(self) -> None:
        manifest, path = self.manifest, self.path
        shape = (manifest.words, len(manifest.neurons))
        if self.values.shape != shape or self.values.dtype != manifest.dtype:
            raise InputError(
                f"{path / 'activations.npy'} holds {self.values.dtype} {self.values.shape}, "
                f"its manifest promises {manifest.dtype} {shape}."
            )
        if not self.values.flags.c_contiguous:
            raise InputError(f"{path / 'activations.npy'} is in Fortran order; a dump is in C order, word after word.")
        # numpy's maps know where in the file they begin; its type stubs do not.
        end = self.values.offset + self.values.nbytes  # type: ignore[attr-defined]
        with reading(path / "activations.npy", "array"):
            size = os.path.getsize(path / "activations.npy")
        if size != end:
            raise InputError(f"{path / 'activations.npy'} is longer than its header says: the dump is corrupt.")
        offsets = self.offsets
        if (
            offsets.dtype != np.int64
            or offsets.shape != (manifest.sentences + 1,)
            or offsets[0] != 0
            or offsets[-1] != manifest.words
            or (np.diff(offsets) < 0).any()
        ):
            raise InputError(f"{path / 'offsets.npy'} does not fit the manifest: the dump is corrupt.")
        if manifest.sha256 is not None:
            self._verify(manifest.sha256, whole=manifest.bytes <= SMALL)


def _changed(path: Path) -> InputError:
    return InputError(
        f"{path} is damaged: it was changed after it was written, or is of another dump; its checksum is not that of "
        "the manifest. To use it all the same, remove the fields 'sha256' and 'checksum' from manifest.json."
    )
