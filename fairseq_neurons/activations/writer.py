"""Write a dump: rows in any order of sentences; the folder appears when it is complete."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np

from fairseq_neurons.activations.dump_checksums import (
    Checksums,
    SentenceDigests,
    digest_of_lines,
    digest_of_offsets,
    digest_of_rows,
)
from fairseq_neurons.activations.manifest import Manifest
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.disk_space import check_disk_space, human_bytes
from fairseq_neurons.storage.files import write_text_whole, writing
from fairseq_neurons.storage.new_folder import NewFolder

logger = logging.getLogger(__name__)

FILES = ("manifest.json", "activations.npy", "offsets.npy", "words.txt")


class ActivationWriter:
    """Write a dump, row by row.

    Each sentence is written to the rows it owns, in any order. ``commit`` gives the folder its name when every sentence
    has been written; until then it is ``OUT.partial``. A run that fails removes it; after one that was killed, the next
    run starts over in it.

    Args:
        out: the folder to be made; must not exist.
        manifest: of the dump.
        offsets: int64 (sentences + 1,), sentence s owns the rows ``offsets[s]:offsets[s+1]``.

    Raises:
        InputError: if ``out`` exists, its folder cannot be written, another run is writing it, or the disk has not
            enough room for the whole dump, which is reserved before the first row.
    """

    def __init__(self, out: Path, manifest: Manifest, offsets: np.ndarray) -> None:
        if manifest.words == 0:
            raise InputError(f"There is no word to dump in {manifest.data} {manifest.subset}".rstrip() + ".")
        self.out, self.manifest = out, manifest
        self.offsets = np.asarray(offsets, dtype=np.int64)
        self.missing = np.diff(self.offsets) > 0
        self._digests = SentenceDigests(manifest.sentences)
        self._folder = NewFolder(out, "a dump", FILES)
        try:
            self._file, self._start = self._reserve()
        except BaseException:
            self.abort()
            raise

    def write(self, sentence: int, rows: np.ndarray) -> None:
        """Write the rows of one sentence.

        Args:
            sentence: index in the data set.
            rows: (words of the sentence, neurons), any float type.

        Raises:
            InputError: if the disk is full, or a number too large for float16.
            ValueError: if the shape does not fit the offsets.
        """
        start, end = self.offsets[sentence], self.offsets[sentence + 1]
        if rows.shape != (end - start, len(self.manifest.neurons)):
            raise ValueError(f"sentence {sentence} owns {end - start} rows, got an array of shape {rows.shape}")
        if start == end:
            return
        with np.errstate(over="ignore"):
            kept = np.ascontiguousarray(rows, dtype=self.manifest.dtype)
        if kept.itemsize == 2 and np.isinf(kept).any() and not np.isinf(rows).any():
            raise InputError(f"{self.out} cannot be written: states are too large for float16; write float32.")
        data = kept.data.cast("B")
        place = self._start + int(start) * self.manifest.row_bytes
        self._digests.add(sentence, data)
        with writing(self.out):
            while data:
                written = os.pwrite(self._file.fileno(), data, place)
                data, place = data[written:], place + written
        self.missing[sentence] = False

    def commit(self, sentences: Sequence[str]) -> None:
        """Add words, offsets and manifest, and give the folder its name.

        Args:
            sentences: blank-separated words of each sentence, empty for skipped ones.

        Raises:
            ValueError: if a sentence has not been written.
            InputError: if the disk is full or ``out`` has appeared meanwhile.
        """
        if self.missing.any():
            raise ValueError(f"{int(self.missing.sum())} sentences have not been written")
        with writing(self.out):
            with open(self._folder.folder / "offsets.npy", "wb") as file:
                np.save(file, self.offsets, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
            os.fsync(self._file.fileno())
            self.manifest = replace(self.manifest, sha256=self._checksums(sentences))
            self._file.close()
        write_text_whole(self._folder.folder / "words.txt", "".join(line + "\n" for line in sentences))
        write_text_whole(self._folder.folder / "manifest.json", self.manifest.to_json())
        self._folder.commit()
        manifest = self.manifest
        skipped = f"; {manifest.skipped} sentences were too long and have no rows" if manifest.skipped else ""
        logger.info(
            "%s: the states of %d neurons at %d words in %d sentences%s",
            *(self.out, len(manifest.neurons), manifest.words, manifest.sentences - manifest.skipped, skipped),
        )

    def abort(self) -> None:
        """Remove what has been written. Does nothing after ``commit``."""
        self._folder.abort()

    def __enter__(self) -> ActivationWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def _checksums(self, sentences: Sequence[str]) -> Checksums:
        rows = digest_of_rows(self._file, self._start, self.manifest.words, self.manifest.row_bytes)
        return Checksums(self._digests.hexdigest(), rows, digest_of_offsets(self.offsets), digest_of_lines(sentences))

    def _reserve(self) -> tuple[BinaryIO, int]:
        """Write the header and reserve the disk for all rows; the open file, and where the first row begins."""
        needed, free = self.manifest.bytes, shutil.disk_usage(self._folder.folder).free
        logger.info(
            "dumping %d words x %d neurons as %s to %s: %s of disk, %s free",
            *(self.manifest.words, len(self.manifest.neurons), self.manifest.dtype, self.out),
            *(human_bytes(needed), human_bytes(free)),
        )
        check_disk_space(self.out, self._folder.folder, needed, "float16 takes half of float32")
        with writing(self.out):
            file = open(self._folder.folder / "activations.npy", "w+b", buffering=0)  # noqa: SIM115 - closed by commit
            try:
                header = {
                    "descr": np.lib.format.dtype_to_descr(np.dtype(self.manifest.dtype)),
                    "fortran_order": False,
                    "shape": (self.manifest.words, len(self.manifest.neurons)),
                }
                np.lib.format.write_array_header_1_0(file, header)
                start = file.tell()
                os.posix_fallocate(file.fileno(), 0, start + needed)
            except OSError:
                file.close()
                raise
        return file, start
