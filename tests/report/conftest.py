"""A run folder, and a copy of it to break."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.report.folders import write_run


@pytest.fixture(scope="session")
def made_run(tmp_path_factory) -> Path:
    """A run folder; only to be read."""
    return write_run(tmp_path_factory.mktemp("made"))


@pytest.fixture
def run_copy(made_run, tmp_path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(made_run, tmp_path / "run")
