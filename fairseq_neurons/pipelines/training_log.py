"""Read from the log of a running ``fairseq-train`` how far it is."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from fairseq_neurons.pipelines.duration import duration

# fairseq's simple log format. Whatever else a line has is skipped: the log is read while it is written.
LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) \| INFO \| ([\w.]+) \| (.*)")
BEGIN = re.compile(r"begin training epoch (\d{1,9})$")
INNER = re.compile(r"epoch (\d{1,9}): +(\d{1,9}) / (\d{1,9}) ")
VALID = re.compile(r"epoch (\d{1,9}) \| valid on '[^']*' subset \|.*?\| ppl (\d[\d.e+]*|inf|nan)(?: |$)")


class Moment(NamedTuple):
    """When how many epochs were done; a fraction within an epoch."""

    time: datetime
    epochs: float


class TrainingLog:
    """The state of a training by the lines of its log so far.

    Args:
        epochs: maximum number of epochs (``--max-epoch``); None if unknown.
    """

    def __init__(self, epochs: int | None = None) -> None:
        self.epochs = epochs
        self.epoch = 0
        self.validated = 0
        self.perplexity: float | None = None
        self._first: Moment | None = None
        self._latest: Moment | None = None

    def feed(self, line: str) -> None:
        """Take the next line; any text is accepted."""
        parts = LINE.fullmatch(line.rstrip())
        if parts is None or (time := _time(parts[1])) is None:
            return
        logger, message = parts[2], parts[3]
        if logger == "fairseq.trainer" and (begin := BEGIN.match(message)):
            self._reach(time, int(begin[1]), 0.0)
        elif logger == "train_inner" and (inner := INNER.match(message)):
            self._reach(time, int(inner[1]), min(1.0, int(inner[2]) / max(1, int(inner[3]))))
        elif logger == "valid" and (valid := VALID.match(message)):
            self._validate(time, int(valid[1]), valid[2])

    @property
    def step(self) -> int:
        """Grows by one with every validated epoch."""
        return self.validated

    @property
    def seconds_left(self) -> float | None:
        """Until the last epoch, at the speed so far; None if there is nothing to estimate it by."""
        if self.epochs is None or self._first is None or self._latest is None:
            return None
        seconds = (self._latest.time - self._first.time).total_seconds()
        done, left = self._latest.epochs - self._first.epochs, self.epochs - self._latest.epochs
        return seconds / done * left if done > 0 and seconds > 0 and left > 0 else None

    @property
    def reached(self) -> str:
        """For example ``epoch 3 of 17, validation perplexity 15.2``; empty before the first epoch."""
        if not self.epoch:
            return ""
        epoch = f"epoch {self.epoch}" + (f" of {self.epochs}" if self.epochs else "")
        return epoch if self.perplexity is None else f"{epoch}, validation perplexity {self.perplexity:.4g}"

    @property
    def summary(self) -> str:
        """What is reached, and the time left: ``epoch 3 of 17, validation perplexity 15.2, 3 min left``."""
        left = self.seconds_left
        return self.reached if left is None else f"{self.reached}, {duration(left)} left"

    def _reach(self, time: datetime, epoch: int, share: float) -> None:
        self.epoch = epoch
        self._latest = Moment(time, epoch - 1 + share)
        self._first = self._first or self._latest

    def _validate(self, time: datetime, epoch: int, perplexity: str) -> None:
        try:
            self.perplexity = float(perplexity)
        except ValueError:
            return
        self._reach(time, epoch, 1.0)
        self.validated += 1


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
