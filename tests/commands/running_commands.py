"""A console command that may write to one folder."""

from __future__ import annotations

from pathlib import Path

from tests.running import output_of, run


class Command:
    """Runs in the process of the tests; `folder` is where it may write."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder

    def succeed(self, *arguments: object) -> str:
        """What a run prints."""
        return output_of(run(self.name, *arguments))

    def fail(self, *arguments: object) -> str:
        """The one sentence of a run that must fail and leave nothing behind."""
        before = sorted(self.folder.rglob("*"))
        done = run(self.name, *arguments)
        assert done.returncode == 1, done.stdout + done.stderr
        assert sorted(self.folder.rglob("*")) == before
        assert "Traceback" not in done.stdout + done.stderr
        (sentence,) = done.stderr.splitlines()
        return sentence
