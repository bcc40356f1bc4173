"""An output folder that one run at a time writes; its three behaviours are new, resumed, and replaced as a whole."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from fairseq_neurons.storage.files import hold

LOCK = "lock"


class OutputFolder(ABC):
    """What the three behaviours share: a lock, and the end of the ``with`` statement.

    Attributes:
        out: the folder that the user asked for.
        folder: where it is written.
    """

    out: Path
    folder: Path
    _lock: TextIO

    @abstractmethod
    def check(self) -> None:
        """Refuse to write where there is anything else.

        Raises:
            InputError: saying what is in the way.
        """

    @abstractmethod
    def keeps(self, error: BaseException | None) -> bool:
        """Whether the folder stays when its ``with`` statement ends before it is committed.

        Args:
            error: the exception that ended the statement; None if there was none.
        """

    def release(self) -> None:
        """Let go of the lock; a forked process calls it, so that it does not hold the folder longer than its parent."""
        self._lock.close()

    def _claim(self, lock: Path) -> None:
        self.check()
        self._lock = hold(lock, self.out)
        try:
            # Another run may have ended since the first check.
            self.check()
        except BaseException:
            self._lock.close()
            raise

    def abort(self, error: BaseException | None = None) -> None:
        """Remove what is not kept after a failure. Does nothing after ``commit``."""
        if not self._lock.closed:
            if not self.keeps(error):
                shutil.rmtree(self._root(), ignore_errors=True)
            self._lock.close()

    def _root(self) -> Path:
        """What is removed if nothing is kept."""
        return self.folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort(error)


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all it holds."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
