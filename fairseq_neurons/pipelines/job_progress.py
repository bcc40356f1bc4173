"""Show how far running commands are, by their logs: rewritten lines on a terminal, a line an epoch elsewhere."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, TextIO

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from fairseq_neurons.pipelines.bar_log import BarLog
from fairseq_neurons.pipelines.duration import duration
from fairseq_neurons.pipelines.training_log import TrainingLog

logger = logging.getLogger(__name__)

# Between two lines of a command that does not train, without a terminal.
QUIET_SECONDS = 60.0


class LogState(Protocol):
    """What a log says so far: see `TrainingLog` and `BarLog`."""

    @property
    def step(self) -> int: ...

    @property
    def summary(self) -> str: ...

    def feed(self, line: str) -> None: ...


def state_of(command: Sequence[str]) -> LogState:
    """The reader of a command's log."""
    if command[0] != "fairseq-train":
        return BarLog()
    after = dict(zip(command, command[1:], strict=False))
    epochs = after.get("--max-epoch", "")
    return TrainingLog(int(epochs) if epochs.isdecimal() else None)


class FollowedLog:
    """A log that is read while it is written.

    Args:
        name: of the job.
        command: that writes it.
        log: the file.
    """

    def __init__(self, name: str, command: Sequence[str], log: Path) -> None:
        self.name, self.state = name, state_of(command)
        self._place, self._log, self._offset, self._rest = _shortest(log), log, 0, ""
        self._start = time.monotonic()

    def read(self) -> None:
        """Read what has been written since the last call, as far as lines are whole."""
        for line in self._new_lines():
            self.state.feed(line)

    @property
    def trains(self) -> bool:
        """Whether it is the log of a training."""
        return isinstance(self.state, TrainingLog)

    @property
    def last_line(self) -> str:
        """What a training has reached in the end, perhaps before its last epoch; empty of other commands."""
        reached = self.state.reached if isinstance(self.state, TrainingLog) else ""
        return reached and f"{self.name}: ended at {reached} ({self._place})"

    @property
    def line(self) -> str:
        """The job, how far it is and where its log is."""
        running = f"running for {duration(time.monotonic() - self._start)}"
        return f"{self.name}: {self.state.summary or running} ({self._place})"

    def _new_lines(self) -> Iterator[str]:
        try:
            with open(self._log, "rb") as file:
                file.seek(self._offset)
                new = file.read()
        except FileNotFoundError:
            return
        self._offset += len(new)
        # A bar rewrites its line.
        *whole, self._rest = re.split("[\r\n]", self._rest + new.decode("utf-8", errors="replace"))
        yield from whole


class Display:
    """What is shown of running commands; a context manager, used by one thread.

    Args:
        stream: where logging writes; the standard error by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._bars: dict[FollowedLog, tqdm] = {}
        self._said: dict[FollowedLog, tuple[int, float]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Display:
        if self._terminal:
            self._open.enter_context(logging_redirect_tqdm())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for bar in self._bars.values():
            bar.close()
        self._open.close()

    def show(self, running: Iterable[FollowedLog]) -> None:
        """Show the state of the commands that are running, and the last one of those that have ended."""
        now = list(running)
        for log in dict.fromkeys([*now, *self._said]):
            log.read()
            (self._rewrite if self._terminal else self._add)(log)
        for log in [log for log in self._said if log not in now]:
            del self._said[log]
            if self._terminal:
                self._bars.pop(log).close()
                if log.last_line:
                    logger.info("%s", log.last_line)

    def _rewrite(self, log: FollowedLog) -> None:
        if log not in self._bars:
            self._bars[log] = tqdm(bar_format="{desc}", leave=False, file=self._stream)
            self._said[log] = (0, 0.0)
        width = shutil.get_terminal_size().columns - 1
        self._bars[log].set_description_str(log.line[:width])

    def _add(self, log: FollowedLog) -> None:
        step, said = self._said.setdefault(log, (0, time.monotonic()))
        due = log.trains or time.monotonic() - said >= QUIET_SECONDS
        if log.state.step > step and due:
            logger.info("%s", log.line)
            self._said[log] = (log.state.step, time.monotonic())


def _shortest(path: Path) -> str:
    return min(str(path), os.path.relpath(path), key=len)
