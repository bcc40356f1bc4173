"""Run a console command: in this process, which is faster by seconds, or in one of its own.

A console script is one function. `run` calls that function and brings what a command leaves behind in its process
back to where it was. `run_apart` starts the script itself, for tests of exit statuses, signals and ``--user-dir``.
"""

from __future__ import annotations

import atexit
import io
import logging
import os
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from unittest.mock import patch

import numpy as np

from tests.quick_composition import quick_composition

Completed = subprocess.CompletedProcess[str]
SCRIPTS = Path(sys.executable).parent
LOAD_BATCHES = ("fairseq-generate", "fairseq-eval-lm", "fairseq-interactive", "fairseq-train", "fairseq-validate")


def run_apart(program: str, *arguments: object, folder: Path | None = None, **options: object) -> Completed:
    """Run a console command in a process of its own; does not raise."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    command = [str(SCRIPTS / program), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, **options)


def run(program: str, *arguments: object, folder: Path | None = None, input: str = "") -> Completed:
    """Run a console command in this process, with the exit status and the output that its own would have."""
    function = _function_of(program)
    typed = [str(SCRIPTS / program), *map(str, arguments), *_loading_here(program, arguments)]
    out, err = io.StringIO(), io.StringIO()
    with ExitStack() as stack:
        stack.enter_context(_working_folder(folder))
        stack.enter_context(patch.multiple(sys, argv=typed, stdin=io.StringIO(input)))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(err))
        stack.enter_context(_globals_restored())
        stack.enter_context(hydra_of_ours() if program.startswith("fairseq-neurons") else _hydra_of_fairseq())
        status = _exit_status(function)
    return subprocess.CompletedProcess(typed, status, out.getvalue(), err.getvalue())


def succeed(program: str, *arguments: object, **options: object) -> str:
    """Run a command in this process that must succeed; returns what it printed."""
    return output_of(run(program, *arguments, **options))


def fail(program: str, *arguments: object, **options: object) -> str:
    """Run a command in this process that must fail; returns the one sentence it ends with."""
    return sentence_of(run(program, *arguments, **options))


def output_of(done: Completed) -> str:
    """What a command printed that succeeded."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def sentence_of(done: Completed) -> str:
    """The one sentence with which a command refused its input."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    sentence = done.stderr.strip().splitlines()[-1]
    assert sentence.startswith("fairseq-neurons")
    return sentence


def _loading_here(program: str, arguments: tuple[object, ...]) -> list[str]:
    """Batches are loaded in this process.

    fairseq leaves the process that loads them to Python's garbage collector, which closes its queue before it is told
    to end: whichever later test starts the collection waits for five seconds.
    """
    return ["--num-workers", "0"] if program in LOAD_BATCHES and "--num-workers" not in arguments else []


@cache
def _function_of(program: str) -> Callable[[], object]:
    (script,) = entry_points(group="console_scripts", name=program)
    return script.load()


def _exit_status(function: Callable[[], object]) -> int:
    """Call a console script's function as the interpreter would; what it prints of an error is printed here, too."""
    with _at_exit():
        try:
            function()
        except SystemExit as stop:
            if isinstance(stop.code, str):
                sys.stderr.write(f"{stop.code}\n")
                return 1
            return stop.code or 0
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)
            return 1
    return 0


@contextmanager
def _at_exit() -> Iterator[None]:
    """Call what our package registers for the end of the process at the end of the block, last registered first."""
    register, ours = atexit.register, []

    def keep(function: Callable[..., object], *args: object, **options: object) -> Callable[..., object]:
        if not str(getattr(function, "__module__", None)).startswith("fairseq_neurons"):
            return register(function, *args, **options)
        ours.append(lambda: function(*args, **options))
        return function

    with patch.object(atexit, "register", keep):
        try:
            yield
        finally:
            for function in reversed(ours):
                function()


@contextmanager
def _working_folder(folder: Path | None) -> Iterator[None]:
    if folder is None:  # there may be none: a current folder can be deleted
        yield
        return
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _globals_restored() -> Iterator[None]:
    """Start from what a new process finds and leave what was found: logging, random states, Hydra, fairseq's memory."""
    with _logging_of_its_own(), _random_states_kept(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _forget_earlier_runs()
        try:
            yield
        finally:
            _forget_earlier_runs()


@contextmanager
def _logging_of_its_own() -> Iterator[None]:
    """A root logger that writes to the standard output, as fairseq's commands set it up when they are imported."""
    root = logging.getLogger()
    kept = {one: (one.handlers[:], one.level) for one in (root, *_loggers())}
    for one in _loggers():
        _set_level(one, logging.NOTSET)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("%(levelname)s | %(name)s | %(message)s"))
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        for one in (root, *_loggers()):
            handlers, level = kept.get(one, ([], logging.NOTSET))
            for added in set(one.handlers) - set(handlers):
                added.close()
            one.handlers[:] = handlers
            _set_level(one, level)


def _set_level(logger: logging.Logger, level: int) -> None:
    """Only where it changes: each change empties the caches of all loggers."""
    if logger.level != level:
        logger.setLevel(level)


def _loggers() -> list[logging.Logger]:
    """The loggers that commands configure."""
    known = logging.getLogger().manager.loggerDict.items()
    ours = ("fairseq", "fairseq_cli", "fairseq_neurons", "sacrebleu")
    return [one for name, one in known if isinstance(one, logging.Logger) and name.split(".")[0] in ours]


@contextmanager
def _random_states_kept() -> Iterator[None]:
    import torch

    kept, numpys, torchs = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(kept)
        np.random.set_state(numpys)
        torch.set_rng_state(torchs)


@contextmanager
def hydra_of_ours() -> Iterator[None]:
    """A process of one of our commands chooses Hydra 1.3, and has composed its options before it imports fairseq."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    known = store.repo
    of_fairseq = {name for name in known if name != "hydra" and not name.startswith(("_dummy", "fairseq-neurons"))}
    store.repo = {name: configs for name, configs in known.items() if name not in of_fairseq}
    try:
        with _hydra_version("1.3"):
            yield
    finally:
        for name, configs in store.repo.items():
            if name in of_fairseq and isinstance(configs, dict):
                known[name].update(configs)
            else:
                known[name] = configs
        store.repo = known


@contextmanager
def _hydra_of_fairseq() -> Iterator[None]:
    """A process of one of fairseq's commands leaves the version open, which Hydra takes for 1.1."""
    with _hydra_version("1.1"), quick_composition():
        yield


@contextmanager
def _hydra_version(version: str) -> Iterator[None]:
    from hydra.version import VersionBase
    from packaging.version import Version

    with patch.object(VersionBase.instance(), "version_base", Version(version)):
        yield


def _forget_earlier_runs() -> None:
    """Hydra keeps what it was started with; fairseq the best loss of a training, as an attribute of a function."""
    from hydra.core.global_hydra import GlobalHydra

    GlobalHydra.instance().clear()
    if "fairseq" in sys.modules:
        from fairseq import checkpoint_utils
        from fairseq.logging import metrics
        from fairseq_cli import train

        metrics.reset()
        for function in (checkpoint_utils.save_checkpoint, train.should_stop_early):
            vars(function).clear()
