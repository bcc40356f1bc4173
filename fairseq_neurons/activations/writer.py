"""Write a dump: beside its final name, rows in any order of sentences, renamed when whole."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TextIO

import numpy as np

from fairseq_neurons.activations.manifest import Manifest
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import hold, write_text_whole

logger = logging.getLogger(__name__)

FILES = ("manifest.json", "activations.npy", "offsets.npy", "words.txt")


class ActivationWriter:
    """A dump in the making.

    Rows are written as they come, at the place their sentence owns. ``commit`` makes the folder appear under its name
    when every sentence has been written; until then it is ``OUT.partial``, which a later run takes over if this
    one dies, and removes if it fails.

    Args:
        out: the folder to be; must not exist.
        manifest: what will be in it.
        offsets: int64 (sentences + 1,), sentence s owns the rows ``offsets[s]:offsets[s+1]``.

    Raises:
        InputError: if ``out`` exists, its folder cannot be written, another run is writing it, or the disk has not
            enough room for the whole dump, which is reserved before the first row.
    """

    def __init__(self, out: Path, manifest: Manifest, offsets: np.ndarray) -> None:
        self.out = out
        self.manifest = manifest
        self.offsets = np.asarray(offsets, dtype=np.int64)
        if manifest.words == 0:
            raise InputError(f"There is no word to dump in {manifest.data} {manifest.subset}".rstrip() + ".")
        self.missing = np.diff(self.offsets) > 0
        self.partial = out.with_name(out.name + ".partial")
        check_free(out)
        self._lock = self._take_partial()
        try:
            self._file, self._start = self._reserve()
        except BaseException:
            self.abort()
            raise

    def write(self, sentence: int, rows: np.ndarray) -> None:
        """Put the rows of one sentence in their place.

        Args:
            sentence: index in the data set.
            rows: (words of the sentence, neurons), any float type.

        Raises:
            InputError: if the disk is full.
            ValueError: if the shape is not what the offsets promise.
        """
        start, end = self.offsets[sentence], self.offsets[sentence + 1]
        if rows.shape != (end - start, len(self.manifest.neurons)):
            raise ValueError(f"sentence {sentence} owns {end - start} rows, got an array of shape {rows.shape}")
        if start == end:
            return
        data = np.ascontiguousarray(rows, dtype=self.manifest.dtype).data.cast("B")
        place = self._start + int(start) * len(self.manifest.neurons) * np.dtype(self.manifest.dtype).itemsize
        try:
            while data:
                written = os.pwrite(self._file.fileno(), data, place)
                data, place = data[written:], place + written
        except OSError as error:
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error
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
        try:
            with open(self.partial / "offsets.npy", "wb") as file:
                np.save(file, self.offsets, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
            os.fsync(self._file.fileno())
            self._file.close()
            write_text_whole(self.partial / "words.txt", "".join(line + "\n" for line in sentences))
            write_text_whole(self.partial / "manifest.json", self.manifest.to_json())
            check_free(self.out)
            # The lock goes last: without it another run could take the folder over before it has its name.
            self.partial.rename(self.out)
            (self.out / "lock").unlink()
        except OSError as error:
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error
        self._lock.close()

    def abort(self) -> None:
        """Remove what has been written. Does nothing after ``commit``."""
        if not self._lock.closed:
            shutil.rmtree(self.partial, ignore_errors=True)
            self._lock.close()

    def __enter__(self) -> ActivationWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()

    def _take_partial(self) -> TextIO:
        lock = hold(self.partial / "lock", self.out)
        leftovers = [path for path in self.partial.iterdir() if path.name != "lock"]
        if any(path.name.removesuffix(".partial") not in FILES for path in leftovers):
            lock.close()
            raise InputError(f"{self.partial} holds files that are not of a dump; move it away or choose another name.")
        if leftovers:
            logger.warning("%s is what an interrupted run left behind; starting over", self.partial)
        for path in leftovers:
            path.unlink()
        return lock

    def _reserve(self) -> tuple[BinaryIO, int]:
        needed, free = self.manifest.bytes, shutil.disk_usage(self.partial).free
        logger.info(
            "dumping %d words x %d neurons as %s to %s: %s of disk, %s free",
            *(self.manifest.words, len(self.manifest.neurons), self.manifest.dtype, self.out),
            *(human_bytes(needed), human_bytes(free)),
        )
        if needed > free:
            raise InputError(
                f"{self.out} needs {human_bytes(needed)} of disk and {human_bytes(free)} are free; "
                "float16 takes half of float32."
            )
        file = open(self.partial / "activations.npy", "wb", buffering=0)  # noqa: SIM115 - closed by commit
        try:
            header = {
                "descr": np.lib.format.dtype_to_descr(np.dtype(self.manifest.dtype)),
                "fortran_order": False,
                "shape": (self.manifest.words, len(self.manifest.neurons)),
            }
            np.lib.format.write_array_header_1_0(file, header)
            start = file.tell()
            os.posix_fallocate(file.fileno(), 0, start + needed)
        except OSError as error:
            file.close()
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error
        return file, start


def check_free(out: Path) -> None:
    """Refuse a name that is taken: a dump is never overwritten.

    Raises:
        InputError: if something of that name exists.
    """
    if os.path.lexists(out):
        raise InputError(f"{out} already exists; remove it or choose another name.")


def human_bytes(count: int) -> str:
    """``1536`` -> ``1.5 KiB``."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.4g} {unit}"
        value /= 1024
    return f"{value:.4g} TiB"
