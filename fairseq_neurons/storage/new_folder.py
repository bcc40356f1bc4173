"""An output folder that must not exist and appears when it is complete."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import check_free, writing
from fairseq_neurons.storage.output_folder import LOCK, OutputFolder, remove

logger = logging.getLogger(__name__)


class NewFolder(OutputFolder):
    """``OUT.partial`` until it is complete. A run takes over what an interrupted one has left there.

    Args:
        out: the folder to be made; must not exist.
        what: its kind, for messages, such as ``a dump``.
        files: names of all files and folders that ``OUT.partial`` may hold.
        kept: those that an interrupted run leaves to the next one; others are removed.
        results: the folder in ``OUT.partial`` that becomes ``out``; ``OUT.partial`` itself if empty.

    Raises:
        InputError: if ``out`` exists or cannot be written, ``OUT.partial`` holds other files, or another run is writing
            it.
    """

    def __init__(
        self, out: Path, what: str, files: Collection[str], kept: Collection[str] = (), results: str = ""
    ) -> None:
        check_free(out)
        self.out, self.partial = out, out.with_name(out.name + ".partial")
        self.folder = self.partial / results
        self._what, self._files, self._kept = what, {*files, LOCK}, {*kept, LOCK}
        self._claim(self.partial / LOCK)
        try:
            self._begin()
        except BaseException as error:
            self.abort(error)
            raise

    def check(self) -> None:
        check_free(self.out)
        with writing(self.out):
            names = os.listdir(self.partial) if self.partial.is_dir() else []
        if any(name.removesuffix(".partial") not in self._files for name in names):
            raise InputError(
                f"{self.partial} holds files that are not of {self._what}; move it away or choose another name."
            )

    def keeps(self, error: BaseException | None) -> bool:
        return False

    def commit(self) -> None:
        """Give the complete folder its name.

        Raises:
            InputError: if ``out`` has appeared meanwhile or cannot be written.
        """
        with writing(self.out):
            check_free(self.out)
            # The lock goes last: without it another run could take the folder over before it has its name.
            self.folder.rename(self.out)
            (self.out / LOCK).unlink(missing_ok=True)
        if self.folder != self.partial:
            shutil.rmtree(self.partial, ignore_errors=True)
        self._lock.close()

    def _begin(self) -> None:
        with writing(self.out):
            leftovers = [path for path in self.partial.iterdir() if path.name not in self._kept]
            if leftovers and self._kept == {LOCK}:
                logger.warning("%s is what an interrupted run left behind; starting over", self.partial)
            for path in leftovers:
                remove(path)
            self.folder.mkdir(exist_ok=True)

    def _root(self) -> Path:
        return self.partial
