"""Fixtures and settings that every test may use."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# The workers share the cores. With a thread a core each, the threads of tiny products wait for each other, busily.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def made_run(tmp_path_factory) -> Path:
    """A run folder; only to be read."""
    from tests.runs.made_runs import write_run

    return write_run(tmp_path_factory.mktemp("made"))


@pytest.fixture
def run_copy(made_run, tmp_path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(made_run, tmp_path / "run")


@pytest.fixture(scope="session")
def untrained(tmp_path_factory) -> Path:
    """Data folders and models with random weights, see `write_untrained`; only to be read."""
    from tests.untrained_models import write_untrained

    folder = tmp_path_factory.mktemp("untrained")
    write_untrained(folder)
    return folder
