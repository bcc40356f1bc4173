"""Fixtures and settings that every test may use."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import settings

from tests.shared_folders import made_once

# The workers share the cores. With a thread a core each, the threads of tiny products wait for each other, busily.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell ignores SIGINT in what it runs in the background, and so would every command that the tests interrupt.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# `make test-all` tries four times as many examples as `make test`. A loaded machine has no deadline.
settings.register_profile("few", max_examples=25, deadline=None)
settings.register_profile("many", max_examples=100, deadline=None)
settings.load_profile("many")


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory) -> Path:
    """A folder that all workers of a session share; see `made_once`."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def made_run(session_folder) -> Path:
    """A run folder; only to be read."""
    from tests.runs.made_runs import write_run

    return made_once(session_folder / "made_run", write_run) / "run"


@pytest.fixture
def run_copy(made_run, tmp_path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(made_run, tmp_path / "run")


@pytest.fixture(scope="session")
def untrained(session_folder) -> Path:
    """Data folders and models with random weights, see `write_untrained`; only to be read."""
    from tests.untrained_models import write_untrained

    return made_once(session_folder / "untrained", write_untrained)


@pytest.fixture(scope="session")
def transformers(session_folder) -> Path:
    """The same data folders, and stock transformers with random weights; only to be read."""
    from tests.untrained_models import write_untrained_transformers

    return made_once(session_folder / "transformers", write_untrained_transformers)
