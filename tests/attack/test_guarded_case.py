"""The campaign sees what it looks for: each kind of fault is planted, and found."""

from __future__ import annotations

import logging
import os
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from fairseq_neurons.errors import InputError
from tests.attack.attacked_world import working_folder
from tests.attack.guarded_case import Ending, Watch, fingerprint, run_case
from tests.attack.readers import OUT, Reader, finite

GOOD = fingerprint(1)


def ended(read, is_data: bool = False, seconds: float = 20.0) -> Ending:
    """How a reader ends, in a process of its own: audit hooks stay."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            ending = run_case(Reader(read), ("file.json",), GOOD, Watch(Path.cwd()), is_data, seconds)
            os.write(writing, "\x1e".join(map(str, ending)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as file:
        outcome, detail, taken = file.read().split("\x1e")
    os.waitpid(child, 0)
    return Ending(outcome, detail, float(taken))


@pytest.fixture(autouse=True)
def _folder(tmp_path):
    with working_folder(tmp_path):
        yield


def refuse(sentence: str) -> None:
    raise InputError(sentence)


def leave_behind() -> None:
    Path(OUT).mkdir()
    (Path(OUT) / "half").touch()
    refuse("file.json is damaged.")


def warn() -> int:
    logging.getLogger("fairseq_neurons").warning("this is not what it was")
    return 2


def take_memory() -> int:
    return len(b"x" * (600 << 20)) // (600 << 20)


@pytest.mark.parametrize(
    ("read", "outcome"),
    [
        (lambda: 1, "same numbers"),
        (lambda: 2, "silent"),
        (warn, "warned"),
        (lambda: refuse("file.json is damaged."), "refused"),
        (lambda: refuse("It is damaged."), "unnamed"),
        (lambda: {}["x"], "traceback"),
        (lambda: [0] * 10**12, "traceback"),
        (leave_behind, "left behind"),
        (lambda: subprocess.run(["true"]).returncode + 1, "code run"),
        (lambda: os.system("true") + 1, "code run"),
        (lambda: Path("canary").touch() or 1, "code run"),
        (lambda: Path("../elsewhere").touch() or 1, "wrote elsewhere"),
        (lambda: finite(np.array([1, np.nan])), "not finite"),
        (lambda: time.sleep(9), "too long"),
        (take_memory, "too much memory"),
    ],
)
def test_ending__is_recognised(read, outcome):
    assert ended(read, seconds=0.05 if outcome == "too long" else 20.0).outcome == outcome


def test_other_numbers__are_right_where_the_file_is_data():
    assert ended(lambda: 2, is_data=True).outcome == "other data"


def test_where_a_traceback_is_from__is_reported():
    from fairseq_neurons.neurons import Neurons

    assert "neurons.py" in ended(lambda: Neurons(3).names).detail
