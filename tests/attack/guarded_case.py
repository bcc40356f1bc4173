"""Run one reader on mutated files, watch what it does, and say how it ended."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import re
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from fairseq_neurons.errors import InputError
from tests.attack.changed_file import CANARY
from tests.attack.readers import OUT, EscapesPrinted, NonFinite, Reader, Traceback

# How a case can end; the first four are what we promise, all others are faults.
REFUSED, SAME, WARNED, OTHER_DATA = "refused", "same numbers", "warned", "other data"
PROMISED = (REFUSED, SAME, WARNED, OTHER_DATA)
TRACEBACK, CODE_RUN, SILENT, SLOW, LARGE = "traceback", "code run", "silent", "too long", "too much memory"
NAMELESS, LEFT_BEHIND, ESCAPES, WROTE, NOT_FINITE = "unnamed", "left behind", "escapes", "wrote elsewhere", "not finite"
DIED = "died"
FAULTS = (CODE_RUN, TRACEBACK, SILENT, NOT_FINITE, SLOW, LARGE, DIED, NAMELESS, LEFT_BEHIND, ESCAPES, WROTE)

SECONDS, MEMORY = 10.0, 400 << 20
# Address space that a case may take beyond what the process has: where it ends, the system would otherwise.
HARD_MEMORY = 6 << 30
EXECUTION = {
    *("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"),
    *("subprocess.Popen", "socket.connect", "socket.bind", "webbrowser.open", "os.startfile"),
}
CHANGES = {"os.remove": 1, "os.rename": 2, "os.rmdir": 1, "shutil.rmtree": 1, "os.symlink": 2, "os.truncate": 1}


class Ending(NamedTuple):
    """How a case ended.

    Args:
        outcome: one of `PROMISED` or `FAULTS`.
        detail: the sentence, or where the traceback is from.
        seconds: that it took.
    """

    outcome: str
    detail: str
    seconds: float


class TooLong(BaseException):
    """Raised by the alarm."""


class Watch:
    """What a case does outside Python's sight: an audit hook, which cannot be removed and is off between cases."""

    def __init__(self, world: Path) -> None:
        self.world, self.on = str(world), False
        self.executed: list[str] = []
        self.written: list[str] = []
        sys.addaudithook(self._see)

    def start(self) -> None:
        self.executed, self.written, self.on = [], [], True

    def stop(self) -> None:
        self.on = False

    def _see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event in EXECUTION:
            self.executed.append(f"{event} {arguments[:2]}"[:200])
        elif event == "open":
            path, _, flags = arguments
            if isinstance(path, str | bytes) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self._note(path)
        elif event in CHANGES:
            for path in arguments[: CHANGES[event]]:
                self._note(path)

    def _note(self, path: Any) -> None:
        full = os.path.abspath(os.fsdecode(path)) if isinstance(path, str | bytes | os.PathLike) else self.world
        if not full.startswith((self.world, "/dev/null", "/tmp/fairseq-neurons-")) and "__pycache__" not in full:
            self.written.append(full)


@contextmanager
def warnings_of(found: list[str]) -> Iterator[None]:
    """Collect the warnings of a block."""
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def fingerprint(numbers: Any) -> str:
    """Equal for equal results."""
    return hashlib.sha256(repr(numbers).encode("utf-8", "surrogatepass")).hexdigest()


def run_case(
    reader: Reader,
    names: tuple[str, ...],
    expected: str,
    watch: Watch,
    is_data: bool,
    seconds: float = SECONDS,
    usual: Collection[str] = (),
) -> Ending:
    """Run a reader in the current folder and classify what comes of it.

    Args:
        reader: of the mutated file.
        names: one of these must be in a refusal's sentence.
        expected: the fingerprint of the unchanged files' numbers.
        watch: of this process.
        is_data: whether other numbers are right.
        seconds: after which it is stopped.
        usual: warnings that it gives of unchanged files, too.
    """
    before = set(os.listdir())
    start, memory = time.monotonic(), _peak_begins()
    outcome, detail = _outcome(reader, names, expected, watch, is_data, seconds, usual)
    taken = time.monotonic() - start
    if watch.executed or Path(CANARY).exists():
        outcome, detail = CODE_RUN, f"{watch.executed[:3]} {detail}"
    elif outcome in PROMISED:
        outcome, detail = _checked(reader, outcome, detail, watch, before, memory)
    return Ending(outcome, detail[:600], round(taken, 3))


def _outcome(
    reader: Reader,
    names: tuple[str, ...],
    expected: str,
    watch: Watch,
    is_data: bool,
    seconds: float,
    usual: Collection[str],
) -> tuple[str, str]:
    warned: list[str] = []
    watch.start()
    try:
        with _alarm(seconds), warnings_of(warned):
            found = fingerprint(reader.read())
    except InputError as error:
        sentence = str(error)
        if not any(name in sentence for name in names):
            return NAMELESS, sentence
        return REFUSED, sentence
    except TooLong:
        return SLOW, f"more than {seconds:g} s"
    except NonFinite as error:
        return NOT_FINITE, str(error)
    except EscapesPrinted as error:
        return ESCAPES, str(error)
    except Traceback as error:
        lines = [line.strip() for line in str(error).strip().splitlines()]
        ours = [line for line in lines if "fairseq_neurons" in line and line.startswith("File")]
        return TRACEBACK, f"{lines[-1]} {ours[-1:] or lines[-4:-1]}"
    except Exception as error:
        return TRACEBACK, f"{type(error).__name__}: {str(error)[:200]} {_where(error)}"
    finally:
        watch.stop()
    if found == expected:
        return SAME, ""
    if new := [message for message in warned if message not in usual]:
        return WARNED, new[0]
    return (OTHER_DATA if is_data else SILENT), "accepted with other numbers"


def _checked(reader: Reader, outcome: str, detail: str, watch: Watch, before: set[str], memory: int) -> tuple[str, str]:
    """What may be wrong although the reader has ended well."""
    if watch.written:
        return WROTE, f"{watch.written[:3]}"
    new = sorted(set(os.listdir()) - before - {OUT})
    left = sorted(str(path) for path in Path(OUT).rglob("*")) if outcome == REFUSED and not reader.resumes else []
    if new or left:
        return LEFT_BEHIND, f"{new + left} after: {detail}"
    taken = _peak() - memory
    if taken > MEMORY:
        return LARGE, f"{taken >> 20} MiB: {detail}"
    return outcome, detail


def _where(error: BaseException) -> str:
    """The last line of ours in a traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "fairseq_neurons/" in frame.filename and "tests/" not in frame.filename]
    frame = (ours or frames)[-1]
    return f"({re.sub('.*fairseq_neurons/', '', frame.filename)}:{frame.lineno} {frame.name})"


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("alarms are for the main thread")

    def stop(*_: object) -> None:
        raise TooLong

    # Of the processor; and as a clock has it, for what waits, on a machine that has other work, too.
    timers = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, 6 * seconds))
    before = [signal.signal(number, stop) for number, _, _ in timers]
    for _, timer, limit in timers:
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for (number, timer, _), handler in zip(timers, before):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def _peak_begins() -> int:
    """Begin to measure the peak of this process's memory anew; what it has now, in bytes."""
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return _peak()


def _peak() -> int:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))


def limit_memory() -> None:
    """Let this process take only so much more: an allocation that would stop the machine fails instead."""
    gc.collect()
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[0])
    limit = pages * os.sysconf("SC_PAGE_SIZE") + HARD_MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
