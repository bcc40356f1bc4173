"""An output folder that replaces an older one of the same kind when it is complete."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import write_text_whole, writing
from fairseq_neurons.storage.json_fields import read_object
from fairseq_neurons.storage.output_folder import LOCK, OutputFolder, remove


class ReplacedFolder(OutputFolder):
    """``OUT.partial`` until it is complete; it then replaces an older folder of the same kind.

    Whatever ends the writing early, Ctrl-C included, leaves the older folder as it was and nothing else.

    Args:
        out: the folder to be made.
        what: its kind, for messages, such as ``a report``.
        mark: name of the JSON file by which it is recognised.
        content: of this file; folders of the same ``kind`` are replaced.

    Raises:
        InputError: if ``out`` is something else or cannot be written, or another run is writing it.
    """

    def __init__(self, out: Path, what: str, mark: str, content: Mapping[str, object]) -> None:
        self._what, self._mark, self._kind = what, mark, content["kind"]
        # `.` has no name, and the folders beside it are named after it.
        self.out = Path(os.path.abspath(out))
        self._check_replaceable(self.out)
        self.folder = self.out.with_name(self.out.name + ".partial")
        self._old = self.out.with_name(self.out.name + ".old")
        self._claim(self.folder / LOCK)
        try:
            with writing(self.out):
                for path in self.folder.iterdir():
                    if path.name != LOCK:
                        remove(path)
            # First of all, so that the folder can be recognised whenever the run ends.
            write_text_whole(self.folder / mark, json.dumps(content) + "\n")
        except BaseException as error:
            self.abort(error)
            raise

    def check(self) -> None:
        for path in (self.out, self.folder):
            self._check_replaceable(path)

    def keeps(self, error: BaseException | None) -> bool:
        return False

    def commit(self) -> None:
        """Give the complete folder its name.

        Raises:
            InputError: if something else has taken the name meanwhile, or the folder cannot be renamed.
        """
        for path in (self.out, self._old):
            self._check_replaceable(path)
        with writing(self.out):
            try:
                shutil.rmtree(self._old, ignore_errors=True)
                if self.out.exists():
                    self.out.rename(self._old)
                self.folder.rename(self.out)
            finally:
                if self._old.exists() and not self.out.exists():
                    self._old.rename(self.out)
            (self.out / LOCK).unlink()
        self._lock.close()
        shutil.rmtree(self._old, ignore_errors=True)

    def _check_replaceable(self, path: Path) -> None:
        try:
            replaceable = not os.path.lexists(path) or (path.is_dir() and not path.is_symlink() and self._is_ours(path))
        except OSError:
            # A folder that cannot be read is not ours.
            replaceable = False
        if not replaceable:
            raise InputError(f"{path} already exists and is not {self._what}; remove it or choose another name.")

    def _is_ours(self, folder: Path) -> bool:
        if not (folder / self._mark).is_file():
            return set(os.listdir(folder)) <= {LOCK, self._mark + ".partial"}
        try:
            return read_object(folder / self._mark, "mark").content.get("kind") == self._kind
        except InputError:
            return False
