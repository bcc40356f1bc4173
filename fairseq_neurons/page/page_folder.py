"""The folder of a report: complete or absent, in place of an older report of that name."""

from __future__ import annotations

from pathlib import Path

from fairseq_neurons import __version__
from fairseq_neurons.storage.files import writing
from fairseq_neurons.storage.replaced_folder import ReplacedFolder

FORMAT = 1
MARK = "report.json"
KIND = "fairseq-neurons-report"


class PageFolder(ReplacedFolder):
    """``OUT.partial`` until the report is complete; it then replaces an older report.

    Args:
        out: the folder to be made.

    Raises:
        InputError: if ``out`` exists and is not a report, cannot be written, or another run is writing it.
    """

    def __init__(self, out: Path) -> None:
        super().__init__(out, "a report", MARK, {"kind": KIND, "format": FORMAT, "version": __version__})

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file of the report.

        Args:
            name: its path in the report.
            content: of the file; text is UTF-8.

        Raises:
            InputError: if the disk is full.
        """
        path = self.folder / name
        with writing(self.out):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
