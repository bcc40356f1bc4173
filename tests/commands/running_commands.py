"""Run a console command's ``main`` in this process: the console script is the same function."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


class Command:
    """A command with what it prints and the folder it may write to."""

    def __init__(
        self,
        name: str,
        main: Callable[[], None],
        folder: Path,
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.name, self.main, self.folder, self.capfd, self.monkeypatch = name, main, folder, capfd, monkeypatch

    def succeed(self, *arguments: object) -> str:
        """What a run prints."""
        root = logging.getLogger()
        handlers, level = root.handlers[:], root.level
        self.monkeypatch.setattr(sys, "argv", [self.name, *map(str, arguments)])
        try:
            self.main()
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
        printed = self.capfd.readouterr()
        return printed.out + printed.err

    def fail(self, *arguments: object) -> str:
        """The one sentence of a run that must fail and leave nothing behind."""
        before = sorted(self.folder.rglob("*"))
        with pytest.raises(SystemExit) as stopped:
            self.succeed(*arguments)
        assert sorted(self.folder.rglob("*")) == before
        printed = self.capfd.readouterr().err
        assert "Traceback" not in printed
        if stopped.value.code == 1:
            return printed
        sentence = str(stopped.value.code)
        assert sentence.startswith(f"{self.name}: ") and "\n" not in sentence
        return sentence
