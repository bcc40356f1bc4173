"""Where a report is written: beside its final name, and whole or absent."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path
from types import TracebackType

from fairseq_neurons import __version__
from fairseq_neurons.activations.writer import human_bytes
from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_text

FORMAT = 1
MARK = "report.json"
KIND = "fairseq-neurons-report"


class ReportPlace:
    """``OUT.partial`` until the report is whole; it then takes the place of an older report of that name.

    Whatever ends the writing early, Ctrl-C included, leaves the older report as it was and nothing else.

    Args:
        out: the folder to be.

    Attributes:
        folder: where to write.

    Raises:
        InputError: if ``out`` exists and is no report, cannot be written, or another run is writing it.
    """

    def __init__(self, out: Path) -> None:
        # `.` has no name; what is beside a folder is found by its name.
        self.out = Path(os.path.abspath(out))
        check_replaceable(self.out)
        self.folder = self.out.with_name(self.out.name + ".partial")
        check_replaceable(self.folder)
        self._whole = False
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(exist_ok=True)
            self._lock = os.open(self.folder, os.O_RDONLY)
        except OSError as error:
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error
        self._take()

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file of the report.

        Args:
            name: its path in the report.
            content: of it; text is UTF-8.

        Raises:
            InputError: if the disk is full.
        """
        path = self.folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        except OSError as error:
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error

    def need(self, size: int) -> None:
        """Refuse a disk without room for ``size`` bytes.

        Raises:
            InputError: with what is needed and what is free.
        """
        free = shutil.disk_usage(self.folder).free
        if size > free:
            raise InputError(
                f"{self.out} needs about {human_bytes(size)} of disk and {human_bytes(free)} are free; "
                "sentences= takes fewer sentences."
            )

    def commit(self) -> None:
        """Give the report its name.

        Raises:
            InputError: if something that is no report has taken it meanwhile, or it cannot be renamed.
        """
        old = self.out.with_name(self.out.name + ".old")
        for path in (self.out, old):
            check_replaceable(path)
        try:
            shutil.rmtree(old, ignore_errors=True)
            if self.out.exists():
                self.out.rename(old)
            self.folder.rename(self.out)
        except OSError as error:
            raise InputError(f"{self.out} cannot be written: {error.strerror or error}.") from error
        finally:
            if old.exists() and not self.out.exists():
                old.rename(self.out)
        self._whole = True
        shutil.rmtree(old, ignore_errors=True)

    def __enter__(self) -> ReportPlace:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._whole:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def _take(self) -> None:
        """Lock the folder, and empty it of what a killed run has left."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise InputError(f"Another run is writing {self.out}; wait for it or choose another name.") from error
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        # First of all, so that the folder can be told from others whenever the run ends.
        self.write(MARK, json.dumps({"kind": KIND, "format": FORMAT, "version": __version__}) + "\n")


def check_replaceable(path: Path) -> None:
    """Refuse to replace anything but a report of ours or an empty folder.

    Raises:
        InputError: if there is something else.
    """
    try:
        replaceable = not os.path.lexists(path) or (path.is_dir() and not path.is_symlink() and _is_report(path))
    except OSError:
        # What may not be looked into is not ours.
        replaceable = False
    if replaceable:
        return
    raise InputError(f"{path} already exists and is no report; remove it or choose another name.")


def _is_report(folder: Path) -> bool:
    if not (folder / MARK).is_file():
        return not any(folder.iterdir())
    try:
        content = json.loads(read_text(folder / MARK, "report"))
    except (json.JSONDecodeError, InputError):
        return False
    return isinstance(content, dict) and content.get("kind") == KIND
