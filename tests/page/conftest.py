"""One report and one browser for all tests of the page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from fairseq_neurons.page import report as write_report
from tests.page.browser_window import Opened
from tests.page.hostile_run import write_run
from tests.shared_folders import made_once

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def run(session_folder) -> Path:
    """A run folder; only to be read."""
    return made_once(session_folder / "page_run", write_run)


@pytest.fixture(scope="session")
def report(run, session_folder) -> Path:
    """Its page; only to be read."""
    return made_once(session_folder / "page_report", lambda folder: write_report(run, folder / "page")) / "page"


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, report) -> Iterator[Opened]:
    """The page in a window of 1,440 x 900; that nothing went wrong in it is checked in the end."""
    with Opened(chromium, report) as page:
        yield page
