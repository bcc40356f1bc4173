"""Results that are kept as they are measured: an interrupted run repeats nothing."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import write_text_whole

logger = logging.getLogger(__name__)

Entry = dict[str, Any]


class Ledger:
    """One JSON object a line, found again by its signature.

    Args:
        path: the file; what an earlier run wrote is read. Its last line may be cut short and is then dropped.

    Raises:
        InputError: if it cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, Entry] = {}
        if path.exists():
            self._read()

    def measure(self, signature: str, function: Callable[[], Entry]) -> Entry:
        """The entry of this signature; measured and written down if there is none yet."""
        if signature not in self._entries:
            self.add(signature, function())
        return self._entries[signature]

    def add(self, signature: str, entry: Entry) -> None:
        """Write a measurement down."""
        signed = {**entry, "signature": signature}
        self._append(signed)
        self._entries[signature] = signed

    @property
    def entries(self) -> list[Entry]:
        """All of them, as they were added."""
        return list(self._entries.values())

    def replace(self, entries: Sequence[Entry]) -> None:
        """Put these in the place of all that is there, at once; each has a ``signature``."""
        write_text_whole(self.path, "".join(map(_line, entries)))
        self._entries = {entry["signature"]: entry for entry in entries}

    def __contains__(self, signature: str) -> bool:
        return signature in self._entries

    def __getitem__(self, signature: str) -> Entry:
        return self._entries[signature]

    def __len__(self) -> int:
        return len(self._entries)

    def _read(self) -> None:
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        except OSError as error:
            raise InputError(f"{self.path} cannot be read: {error.strerror or error}.") from error
        whole = [line for line in lines if self._parse(line)]
        if whole:
            logger.info("%s: %d results of an earlier run are kept", self.path.parent, len(whole))
        if len(whole) < len(lines):
            write_text_whole(self.path, "".join(whole))

    def _parse(self, line: str) -> bool:
        """Take an entry over; False if the line holds none."""
        try:
            entry = json.loads(line) if line.endswith("\n") else None
        except json.JSONDecodeError:
            return False
        if not isinstance(entry, dict) or "signature" not in entry:
            return False
        self._entries[entry["signature"]] = entry
        return True

    def _append(self, entry: Entry) -> None:
        line = _line(entry)
        try:
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(f"{self.path} cannot be written: {error.strerror or error}.") from error


def _line(entry: Entry) -> str:
    return json.dumps(entry, allow_nan=False) + "\n"
