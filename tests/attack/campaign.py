"""The parts of the campaign: numbered cases, run by some processes, each written down as it ends."""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from tests.attack.attacked_world import write_world
from tests.attack.disturbed_commands import EQUAL, Commands
from tests.attack.formats import FORMATS
from tests.attack.guarded_case import FAULTS, PROMISED
from tests.attack.hostile_places import Places
from tests.attack.mutated_files import run_cases

Row = dict[str, Any]
# A world, a folder for a copy, a seed and the numbers of cases; gives each as it ends.
Work = Callable[[Path, Path, int, Sequence[int]], Iterable[Row]]


class Part(NamedTuple):
    """A part of the campaign.

    Args:
        name: of its file and in its table.
        what: is in a row of the table: the field by which cases are counted.
        good: outcomes that we promise.
        run: runs cases.
    """

    name: str
    what: str
    good: tuple[str, ...]
    run: Work


def files(world: Path, folder: Path, seed: int, numbers: Sequence[int]) -> Iterator[Row]:
    """Mutated files."""
    for trial in run_cases(world, folder, seed, numbers):
        yield trial._asdict()


def kills(world: Path, folder: Path, seed: int, numbers: Sequence[int]) -> Iterator[Row]:
    """Commands that are killed."""
    commands = Commands(world, folder)
    for number in numbers:
        yield commands.killed(number, seed)._asdict()


def disks(world: Path, folder: Path, seed: int, numbers: Sequence[int]) -> Iterator[Row]:
    """Commands on full disks."""
    commands = Commands(world, folder)
    for number in numbers:
        yield commands.on_a_full_disk(number, seed)._asdict()


def places(world: Path, folder: Path, seed: int, numbers: Sequence[int]) -> Iterator[Row]:
    """Commands in hostile places, in the order of the seed."""
    found = Places(world, folder)
    order = random.Random(seed).sample(range(found.count()), found.count())
    for number in numbers:
        yield {**found.run(order[number % len(order)])._asdict(), "case": number}


PARTS = (
    Part("files", "format", PROMISED, files),
    Part("kills", "command", (EQUAL,), kills),
    Part("disks", "command", (EQUAL,), disks),
    Part("places", "command", ("refused", "done"), places),
)


def run_part(part: Part, log: Path, count: int, seed: int, jobs: int, folder: Path) -> None:
    """Run the cases that a log lacks, in processes that each append to it.

    Args:
        part: of the campaign.
        log: its file.
        count: how many cases it should have.
        seed: of all cases.
        jobs: how many processes.
        folder: for the world and its copies.

    Raises:
        RuntimeError: if a process fails: a fault of the campaign, not of what it attacks.
    """
    done = {row["case"] for row in read(log)}
    missing = [number for number in range(count) if number not in done]
    if not missing:
        return
    world = folder / "world"
    if not world.exists():
        world.mkdir()
        with _quiet():
            write_world(world)
    children = set()
    for job in range(min(jobs, len(missing))):
        if (child := os.fork()) == 0:
            status = 1
            try:
                with open(log, "a", encoding="utf-8", buffering=1) as file:
                    for row in part.run(world, folder / f"{part.name}{job}", seed, missing[job::jobs]):
                        file.write(json.dumps(row) + "\n")
                status = 0
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
            finally:
                os._exit(status)
        children.add(child)
    _wait(children, part, log, count)


def _wait(children: set[int], part: Part, log: Path, count: int) -> None:
    """Show progress until all processes have ended."""
    start, before = time.monotonic(), len(read(log))
    while children:
        time.sleep(2)
        for child in [*children]:
            ended, status = os.waitpid(child, os.WNOHANG)
            children -= {ended}
            if ended and status:
                raise RuntimeError(f"a process of {part.name} ended with status {status}")
        rows = read(log)
        bad = sum(row["outcome"] not in part.good for row in rows)
        rate = (len(rows) - before) / (time.monotonic() - start)
        sys.stderr.write(f"\r{part.name}: {len(rows)} of {count}, {bad} faults, {rate:.1f} a second ")
        sys.stderr.flush()
    sys.stderr.write("\n")


def read(log: Path) -> list[Row]:
    """The cases of a log in the order of their numbers; a line that was cut short is left out."""
    lines = log.read_text(encoding="utf-8").split("\n")[:-1] if log.exists() else []
    return sorted(map(json.loads, lines), key=lambda row: row["case"])


def table(part: Part, rows: Sequence[Row]) -> list[list[object]]:
    """How many cases of each format or command ended how; the first line has the names, the last one the sums."""
    names = [kind.name for kind in FORMATS] if part.what == "format" else []
    names += [name for name in dict.fromkeys(row[part.what] for row in rows) if name not in names]
    ends = [name for name in (*part.good, *FAULTS) if any(row["outcome"] == name for row in rows)]
    ends += sorted({row["outcome"] for row in rows} - {*ends})
    counted = Counter((row[part.what], row["outcome"]) for row in rows)
    found = [[name, sum(counted[name, end] for end in ends), *(counted[name, end] for end in ends)] for name in names]
    kept = [row for row in found if row[1]]
    return [
        [part.what, "cases", *ends],
        *kept,
        ["all", *(sum(row[i] for row in kept) for i in range(1, len(ends) + 2))],
    ]


@contextmanager
def _quiet() -> Iterator[None]:
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield
