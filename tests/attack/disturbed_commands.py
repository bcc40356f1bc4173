"""Every command, killed at random moments or on a disk that is too small; and run again, to what it would have made."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.attack.readers import CHECKPOINT, DUMPS, OUT, RANKINGS
from tests.end_to_end.conftest import ROOT
from tests.running import run

USER_DIR = ["--user-dir", str(ROOT / "user_dir"), "--num-workers", "0"]
TRANSLATION = ["bin/1", "--task", "translation_neurons", *USER_DIR, "--path", CHECKPOINT, "--gen-subset", "test"]
LANGUAGE_MODEL = ["bin/lm", "--task", "language_modeling_neurons", *USER_DIR, "--path", "models/lm/checkpoint_best.pt"]
LABELS = {"activations": "run/activations/1", "labels": "text/test.pos"}
LABELLED = [f"{part}.{name}={value}" for part in ("train", "test") for name, value in LABELS.items()]
GRID = ["l1=1e-2", "grid=[1e-2,1e-3]", "rankings=[probeless]", "counts=[2,4]", "resamples=20", "top=3", "random=1"]
CURVE = ["points=[0,2,4,8]", "samples=20", "seeds=2", f"rankings=[{','.join(RANKINGS)}]"]

# What each writes is in OUT.
COMMANDS: dict[str, list[str]] = {
    "extract": ["fairseq-neurons-extract", f"checkpoint={CHECKPOINT}", "data=bin/1", f"out={OUT}/dump", "max_tokens=9"],
    "generate": ["fairseq-generate", *TRANSLATION, "--beam", "2", "--dump-activations", f"{OUT}/dump"],
    "eval-lm": ["fairseq-eval-lm", *LANGUAGE_MODEL, "--gen-subset", "test", "--dump-activations", f"{OUT}/dump"],
    "correlate": ["fairseq-neurons-correlate", f"activations=[{','.join(DUMPS)}]", "method=svcca", f"out={OUT}/r.json"],
    "overlap": ["fairseq-neurons-overlap", f"rankings=[{','.join(RANKINGS)}]", "top=5", f"out={OUT}/overlap.json"],
    "probe": ["fairseq-neurons-probe", *LABELLED, f"out={OUT}/probe", *GRID],
    "ablate": [
        *("fairseq-neurons-ablate", f"checkpoint={CHECKPOINT}", "data=bin/1", f"out={OUT}/curve", *CURVE),
        *("beam=2", "max_len_b=8", "workers=1"),
    ],
    "ablate perplexity": [
        *("fairseq-neurons-ablate", f"checkpoint={CHECKPOINT}", "data=bin/1", f"out={OUT}/curve", *CURVE),
        *("metric=perplexity", "workers=2"),
    ],
    "report": ["fairseq-neurons-report", "run=run", f"out={OUT}/page", "sentences=5"],
}
# A lock without content may stay, where later runs go on.
LOCK = ".lock"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
EQUAL, DIFFERS, REFUSED, NO_SENTENCE, LEFT = "equal", "differs", "rerun refused", "no sentence", "left behind"


# Of a file: its size and its SHA-256.
Content = tuple[int, str]


class Disturbance(NamedTuple):
    """A command that was disturbed, and what the next run made.

    Args:
        case: its number.
        command: its name.
        how: what happened to it, and when.
        hit: whether it was at work then.
        outcome: ``equal``, or what is wrong.
        detail: of what is wrong.
    """

    case: int
    command: str
    how: str
    hit: bool
    outcome: str
    detail: str = ""


class Commands:
    """Runs commands in forked processes, in a copy of the world.

    Args:
        world: unchanged.
        folder: of the copy.
    """

    def __init__(self, world: Path, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(world, folder)
        self.made: dict[str, dict[str, Content]] = {}
        self.seconds: dict[str, float] = {}

    def undisturbed(self, name: str) -> dict[str, Content]:
        """The checksums of the files that a command makes; also measures how long it takes.

        Raises:
            RuntimeError: if it fails.
        """
        if name not in self.made:
            self.clear()
            start = time.monotonic()
            status, printed = self._finished(self._start(COMMANDS[name]))
            if status:
                raise RuntimeError(f"{name} fails undisturbed: {printed}")
            self.seconds[name], self.made[name] = time.monotonic() - start, checksums(self.folder / OUT)
        return self.made[name]

    def killed(self, number: int, seed: int) -> Disturbance:
        """Kill a command at random moments, once or several times, and complete it."""
        chance = random.Random(f"{seed}/kill/{number}")
        name = list(COMMANDS)[number % len(COMMANDS)]
        expected = self.undisturbed(name)
        self.clear()
        hit, said = False, []
        for _ in range(chance.choice((1, 1, 2, 3))):
            by, share = chance.choice(SIGNALS), chance.random()
            child, output = self._start(COMMANDS[name])
            time.sleep(share * self.seconds[name])
            hit |= os.waitpid(child, os.WNOHANG) == (0, 0) and _end(child, by)
            output.unlink(missing_ok=True)
            said.append(f"{by.name} after {share:.0%}")
            if (self.folder / OUT).exists() and checksums(self.folder / OUT) == expected:
                break  # it was done before the signal, and a new file would now be refused
        return self._completed(number, name, ", ".join(said), hit)

    def on_a_full_disk(self, number: int, seed: int) -> Disturbance:
        """Run a command on a disk that is too small, and again when there is room."""
        chance = random.Random(f"{seed}/disk/{number}")
        name = list(COMMANDS)[number % len(COMMANDS)]
        expected = self.undisturbed(name)
        self.clear()
        room = chance.randrange(max(size for size, _ in expected.values()))
        how = f"{room} bytes a file"
        status, printed = self._finished(self._start(COMMANDS[name], lambda: limit_files(room)))
        if status and ("Traceback" in printed or "cannot be written" not in printed.strip().splitlines()[-1]):
            return Disturbance(number, name, how, True, NO_SENTENCE, printed[-300:])
        return self._completed(number, name, how, status != 0)

    def clear(self) -> None:
        """Remove what commands have written."""
        shutil.rmtree(self.folder / OUT, ignore_errors=True)
        (self.folder / OUT).mkdir()

    def _completed(self, number: int, name: str, how: str, hit: bool) -> Disturbance:
        """Run a command to its end and compare what it makes."""
        if checksums(self.folder / OUT) != self.made[name]:
            status, printed = self._finished(self._start(COMMANDS[name]))
            if status:
                return Disturbance(number, name, how, hit, REFUSED, printed[-300:])
        found, expected = checksums(self.folder / OUT), self.made[name]
        if found == expected:
            return Disturbance(number, name, how, hit, EQUAL)
        others = sorted(file for file in {**found, **expected} if found.get(file) != expected.get(file))
        kind = LEFT if set(found) > set(expected) else DIFFERS
        return Disturbance(number, name, how, hit, kind, ", ".join(others)[:300])

    def _start(self, arguments: list[str], before: Callable[[], None] | None = None) -> tuple[int, Path]:
        """Start a command in a forked process; its number, and the file of its output."""
        output = self.folder.with_name(self.folder.name + ".printed")
        sys.stdout.flush()
        # A signal that comes before the child is within its `try` would make it a second process of the tests.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        child = os.fork()
        if child:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            return child, output
        status = 1
        try:
            # A campaign in the background of a shell ignores it.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            os.chdir(self.folder)
            if before is not None:
                before()
            done = run(arguments[0], *arguments[1:])
            status = done.returncode
            for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
                resource.setrlimit(limit, (resource.getrlimit(limit)[1],) * 2)
            output.write_text(done.stdout + done.stderr, encoding="utf-8", errors="backslashreplace")
        except KeyboardInterrupt:
            pass  # a signal that has come before or after the command's own work
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)

    def _finished(self, started: tuple[int, Path], seconds: float = 600) -> tuple[int | None, str]:
        """The exit status and the output of a command that was started; None if it was killed after its time."""
        child, output = started
        status, end = None, time.monotonic() + seconds
        while status is None and time.monotonic() < end:
            ended, code = os.waitpid(child, os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if ended else None
            time.sleep(0 if ended else 0.01)
        if status is None:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        printed = output.read_text(encoding="utf-8") if output.exists() else ""
        output.unlink(missing_ok=True)
        return status, printed


def _end(child: int, by: signal.Signals) -> bool:
    """Send a signal; whether it has ended the process."""
    os.kill(child, by)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status) != 0
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise RuntimeError(f"{by.name} does not end the process")


def checksums(folder: Path) -> dict[str, Content]:
    """Every file in a folder but locks."""
    files = {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}
    contents = {name: path.read_bytes() for name, path in files.items() if path.name != LOCK}
    return {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in contents.items()}


def limit_files(size: int) -> None:
    """No file of this process may be larger, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
