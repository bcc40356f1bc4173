"""Inputs that are no files, outputs that are none of ours, names that are hard to print: every command, every place."""

from __future__ import annotations

import os
import resource
import shutil
import stat
from collections.abc import Callable
from functools import partial
from itertools import product
from pathlib import Path
from typing import NamedTuple

from tests.attack.disturbed_commands import COMMANDS, Commands
from tests.attack.readers import CONTROL, OUT

# What is read by each command, besides what all of them read.
INPUTS: dict[str, tuple[str, ...]] = {
    "extract": (
        "models/1/checkpoint_best.pt",
        "bin/1/dict.en.txt",
        "bin/1/test.en-fr.en.idx",
        "bin/1/test.en-fr.en.bin",
    ),
    "generate": ("models/1/checkpoint_best.pt", "bin/1/dict.fr.txt", "bin/1/test.en-fr.fr.idx"),
    "correlate": tuple(f"run/activations/1/{name}" for name in ("manifest.json", "activations.npy", "offsets.npy")),
    "overlap": ("run/rankings/max.json",),
    "probe": ("run/activations/1/words.txt", "run/activations/1/activations.npy", "text/test.pos"),
    "ablate": ("models/1/checkpoint_best.pt", "run/rankings/max.json"),
    "report": ("run/curves/bleu/curve.jsonl", "run/probes/pos/results.json", "run/rankings/max.json"),
}
NAMES = (
    "n" * 300,
    "\x1b]0;title\x07\x1b[31mred",
    "a\nb",
    "\u202edlrow",
    "\udcff\udcfe",
    "-rf",
    "~",
    "$HOME",
    "${oc.env:HOME}",
)
SECONDS = 20


class Place(NamedTuple):
    """A situation and how a command dealt with it.

    Args:
        case: its number.
        command: its name.
        place: what was in its way.
        outcome: ``refused``, ``done``, or what is wrong.
        detail: the sentence, or what is wrong.
    """

    case: int
    command: str
    place: str
    outcome: str
    detail: str = ""


Obstacle = Callable[[Path], None]


def pipe(path: Path) -> None:
    """One that nobody writes to: who reads it waits for ever."""
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def dangling(path: Path) -> None:
    path.symlink_to("nowhere")


def folder(path: Path) -> None:
    path.mkdir()


def device(path: Path) -> None:
    """A device of one's own, so that the real one survives whatever happens; a link to that for who may make none."""
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        path.symlink_to("/dev/null")


def socket(path: Path) -> None:
    import socket as sockets

    with sockets.socket(sockets.AF_UNIX) as made:
        made.bind(str(path))


def foreign_file(path: Path) -> None:
    path.write_text("mine\n")


def foreign_folder(path: Path) -> None:
    path.mkdir()
    (path / "thesis.tex").write_text("mine\n")


IN_PLACE: tuple[Obstacle, ...] = (pipe, endless, circle, dangling, folder, device, socket)
OUT_PLACE: tuple[Obstacle, ...] = (pipe, circle, dangling, device, socket, foreign_file, foreign_folder)


class Places(Commands):
    """Runs every command in every place."""

    def count(self) -> int:
        """How many situations there are."""
        return len(self._situations())

    def run(self, number: int) -> Place:
        """One of them; its number is the same in every campaign."""
        return self._situations()[number]()._replace(case=number)

    def _situations(self) -> list[Callable[[], Place]]:
        found: list[Callable[[], Place]] = []
        for name in COMMANDS:
            found += [partial(self._with_output, name, obstacle) for obstacle in OUT_PLACE]
            found += [partial(self._with_input, name, *one) for one in product(INPUTS.get(name, ()), IN_PLACE)]
            found += [partial(self._named, name, named) for named in NAMES]
            found += [partial(self._elsewhere, name), partial(self._with_few_files, name)]
        return found

    def _output(self, name: str) -> str:
        """What follows ``out=`` of a command."""
        given = [argument for argument in COMMANDS[name] if OUT + "/" in argument]
        return given[-1].rpartition("=")[2]

    def _with_output(self, name: str, obstacle: Obstacle) -> Place:
        self.clear()
        out = self.folder / self._output(name)
        obstacle(out)
        before = _described(out)
        place = self._ended(name, COMMANDS[name], f"{obstacle.__name__} as the output", (self._output(name),))
        if _described(out) != before:
            return place._replace(outcome="replaced", detail=f"what was there is {_described(out)}: {place.detail}")
        return place

    def _with_input(self, name: str, file: str, obstacle: Obstacle) -> Place:
        self.clear()
        path = self.folder / file
        kept = path.read_bytes()
        path.unlink()
        obstacle(path)
        try:
            return self._ended(name, COMMANDS[name], f"{obstacle.__name__} as {file}", (Path(file).name, "no subset"))
        finally:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
            path.write_bytes(kept)

    def _named(self, name: str, named: str) -> Place:
        """An output whose name is hard to print."""
        self.clear()
        arguments = [argument.replace(self._output(name), f"{OUT}/{named}") for argument in COMMANDS[name]]
        return self._ended(name, arguments, f"{named[:30]!r} as the name", ("",), may_be_done=True)

    def _elsewhere(self, name: str) -> Place:
        """The current folder is gone."""
        self.clear()
        gone = self.folder / "gone"
        gone.mkdir()

        def go() -> None:
            os.chdir(gone)
            gone.rmdir()

        return self._ended(name, COMMANDS[name], "a current folder that was deleted", ("",), before=go)

    def _with_few_files(self, name: str) -> Place:
        self.clear()
        most = len(os.listdir("/proc/self/fd")) + 1

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

        return self._ended(name, COMMANDS[name], "no more files can be opened", ("",), before=limit, may_be_done=True)

    def _ended(
        self,
        name: str,
        arguments: list[str],
        place: str,
        named: tuple[str, ...],
        before: Callable[[], None] | None = None,
        may_be_done: bool = False,
    ) -> Place:
        status, printed = self._finished(self._start(arguments, before), SECONDS)
        lines = printed.strip().splitlines() or [""]
        if status is None:
            return Place(0, name, place, "too long", f"more than {SECONDS} s")
        if "Traceback (most recent call last)" in printed:
            return Place(0, name, place, "traceback", f"{lines[-1]} {_ours(lines)}")
        if status and (not any(one in lines[-1] for one in named) or not lines[-1].startswith("fairseq-neurons")):
            return Place(0, name, place, "unnamed", lines[-1])
        if CONTROL.search(printed.replace("\r", "")):
            return Place(0, name, place, "escapes", repr(lines[-1]))
        if status == 0:
            return Place(0, name, place, "done" if may_be_done else "accepted", lines[-1])
        return Place(0, name, place, "refused", lines[-1])


def _described(path: Path) -> tuple[int, int, bytes]:
    found = os.lstat(path) if os.path.lexists(path) else None
    content = path.read_bytes() if found and stat.S_ISREG(found.st_mode) else b""
    return (found.st_mode, found.st_rdev, content) if found else (0, 0, b"")


def _ours(lines: list[str]) -> str:
    found = [line.strip() for line in lines if "fairseq_neurons/" in line and "tests/" not in line]
    return found[-1] if found else ""
