"""The campaign of mutated files: each case is a format, a file, a mutation and a reader, drawn from a seed."""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from tests.attack.changed_file import Changed
from tests.attack.formats import FORMATS, Format
from tests.attack.guarded_case import DIED, SECONDS, Watch, fingerprint, limit_memory, run_case, warnings_of
from tests.attack.readers import Reader

# A child that says nothing for so long is killed: an alarm does not reach code that is not Python's.
PATIENCE = 12 * SECONDS

# Readers that change what they read.
CHANGED = {"curve_resumed": ("run/curves/bleu",), "page_replaced": ("page",)}


class Trial(NamedTuple):
    """A case and how it ended; the fields are those of the report.

    Args:
        case: its number; with the seed, all that is needed to repeat it.
        format: its name.
        file: in the world.
        reader: the function.
        change: the mutation, and what it did.
        outcome: see `guarded_case`.
        detail: likewise.
        seconds: likewise.
    """

    case: int
    format: str
    file: str
    reader: str
    change: str
    outcome: str = ""
    detail: str = ""
    seconds: float = 0.0


class Case(NamedTuple):
    """A case before it is run."""

    trial: Trial
    reader: Reader
    changed: Changed
    is_data: bool
    names: tuple[str, ...]


def drawn(seed: int, number: int, world: Path, quick: bool = False) -> Case:
    """The case of a number.

    Args:
        seed: of the campaign.
        number: of the case.
        world: unchanged.
        quick: leave slow readers out.
    """
    chance = random.Random(f"{seed}/{number}")
    formats = [one for one in FORMATS if one.is_quick or not quick]
    kind = chance.choices(formats, [one.weight for one in formats])[0]
    file = chance.choice([path for pattern in kind.files for path in sorted(world.glob(pattern))])
    readers = [one for one in kind.readers if one.is_quick or not quick]
    reader = chance.choices(readers, [one.weight for one in readers])[0]
    name, changed = _changed(chance, kind, file, world)
    place = str(file.relative_to(world))
    trial = Trial(number, kind.name, place, reader.name, f"{name}: {changed.about}")
    is_data = kind.is_data or changed.is_data or _is_unfinished(file, changed.content)
    # A sentence names the file, its folder, or what the user knows it by.
    return Case(trial, reader, changed, is_data, (file.name, str(Path(place).parent), *kind.also_named))


def _is_unfinished(file: Path, content: bytes) -> bool:
    """Whether a file of records holds whole records of the original alone: a run that goes on may leave this."""
    *lines, _ = content.split(b"\n")
    return file.suffix == ".jsonl" and set(lines) <= set(file.read_bytes().split(b"\n"))


def _changed(chance: random.Random, kind: Format, file: Path, world: Path) -> tuple[str, Changed]:
    others = [path for pattern in kind.same_kind for path in sorted(world.glob(pattern)) if path != file]
    if others and chance.random() < 0.05:
        other = chance.choice(others)
        return "other file", Changed(other.read_bytes(), str(other.relative_to(world)))
    mutation, content = chance.choice(kind.mutations), file.read_bytes()
    return mutation.__name__, mutation(chance, content)


class Attacked:
    """A copy of the world in which one file is mutated at a time.

    Args:
        world: unchanged.
        folder: of the copy.
    """

    def __init__(self, world: Path, folder: Path) -> None:
        self.world, self.folder = world, folder
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(world, folder)
        self._expected: dict[str, str] = {}
        self._usual: list[str] = []

    def expected(self, reader: Reader) -> str:
        """The fingerprint of what a reader gives of unchanged files; the copy is the current folder."""
        if reader.name not in self._expected:
            with warnings_of(self._usual):
                self._expected[reader.name] = fingerprint(reader.read())
            self.restore(*CHANGED.get(reader.name, ()))
        return self._expected[reader.name]

    def run(self, case: Case, watch: Watch) -> Trial:
        """Write the mutated file, run the reader, and put all back; the copy is the current folder."""
        expected, file = self.expected(case.reader), self.folder / case.trial.file
        file.write_bytes(case.changed.content)
        if case.changed.content == (self.world / case.trial.file).read_bytes():
            case = case._replace(is_data=False)
        try:
            ending = run_case(case.reader, case.names, expected, watch, case.is_data, usual=self._usual)
        finally:
            self.restore(case.trial.file, *CHANGED.get(case.reader.name, ()))
        return case.trial._replace(outcome=ending.outcome, detail=ending.detail, seconds=ending.seconds)

    def restore(self, *places: str) -> None:
        """Bring files or folders back, and remove what is new beside them."""
        for path in self.folder.iterdir():
            if not (self.world / path.name).exists():
                _remove(path)
        for place in places:
            original, changed = self.world / place, self.folder / place
            if original.is_dir():
                _remove(changed)
                shutil.copytree(original, changed)
            else:
                shutil.copyfile(original, changed)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def all_readers() -> list[Reader]:
    """Each once."""
    return list({reader.name: reader for kind in FORMATS for reader in kind.readers}.values())


def run_cases(world: Path, folder: Path, seed: int, numbers: Sequence[int], quick: bool = False) -> Iterator[Trial]:
    """Run cases in child processes: whatever one does to its process, the others go on.

    Args:
        world: unchanged.
        folder: where copies of it are made.
        seed: of the campaign.
        numbers: of the cases.
        quick: see `drawn`.
    """
    waiting = list(numbers)
    while waiting:
        for trial in _of_child(lambda write: _child(world, folder, seed, waiting, quick, write)):
            if trial.outcome:
                waiting.remove(trial.case)
                yield trial
            else:
                begun = trial
        if waiting:  # the child has ended before all were done
            waiting.remove(begun.case)
            yield begun._replace(outcome=DIED, detail="the process ended, or was killed after it had said nothing")


def _child(
    world: Path,
    folder: Path,
    seed: int,
    numbers: Sequence[int],
    quick: bool,
    write: Callable[[Trial], None],
) -> None:
    attacked, watch = Attacked(world, folder), Watch(folder)
    limit_memory()
    os.chdir(folder)
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        for number in numbers:
            case = drawn(seed, number, world, quick)
            write(case.trial)
            write(attacked.run(case, watch))


def _of_child(work: Callable[[Callable[[Trial], None]], None]) -> Iterator[Trial]:
    """What a forked process writes until it ends; it is killed when it is silent for too long."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            work(lambda trial: _send(writing, trial))
            status = 0
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)
    os.close(writing)
    try:
        yield from _received(reading)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)


def _send(pipe: int, trial: Trial) -> None:
    line = json.dumps(trial._asdict()).encode() + b"\n"
    while line:
        line = line[os.write(pipe, line) :]


def _received(pipe: int) -> Iterator[Trial]:
    left, end = b"", time.monotonic() + PATIENCE
    while select.select([pipe], [], [], max(0.0, end - time.monotonic()))[0]:
        if not (content := os.read(pipe, 1 << 16)):
            return
        *lines, left = (left + content).split(b"\n")
        end = time.monotonic() + PATIENCE
        for line in lines:
            yield Trial(**json.loads(line))
