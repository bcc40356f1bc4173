"""Results that are written down as they are measured, so that an interrupted run repeats nothing."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import write_text_whole, writing
from fairseq_neurons.storage.json_fields import Fields, JsonObject

logger = logging.getLogger(__name__)

Record = TypeVar("Record")
Other = TypeVar("Other")

Entry = dict[str, Any]


class ResultsLog(Generic[Record]):
    """A file of one JSON object a line, each found by its ``signature``.

    Lines that an interruption cut short are dropped when the file is opened; the next run measures them again.

    Args:
        path: the file; the results of an earlier run are kept.
        to_json: the fields of a record; the log adds ``signature`` where it is missing.
        from_json: the record of these fields and the signature. Raises `InputError`, as `Fields` does, where one is
            invalid.

    Raises:
        InputError: if the file cannot be read or written.
    """

    def __init__(
        self, path: Path, to_json: Callable[[Record], Mapping[str, object]], from_json: Callable[[Fields], Record]
    ) -> None:
        self.path = path
        self._to_json, self._from_json = to_json, from_json
        self._lines: dict[str, JsonObject] = {}
        if path.exists():
            self._read()

    def view(
        self, to_json: Callable[[Other], Mapping[str, object]], from_json: Callable[[Fields], Other]
    ) -> ResultsLog[Other]:
        """The same log for another type of record, where a file holds several."""
        log: ResultsLog[Other] = ResultsLog.__new__(ResultsLog)
        log.path, log._to_json, log._from_json, log._lines = self.path, to_json, from_json, self._lines
        return log

    def measure(self, signature: str, function: Callable[[], Record]) -> Record:
        """The record of this signature; measured and written down if it is missing."""
        if signature not in self._lines:
            self.add(signature, function())
        return self[signature]

    def add(self, signature: str, record: Record) -> None:
        """Write a record down."""
        line = {**self._to_json(record), "signature": signature}
        self._append(line)
        self._lines[signature] = line

    @property
    def records(self) -> list[Record]:
        """All records, in the order in which they were added.

        Raises:
            InputError: if a line holds another kind of record.
        """
        return [self[signature] for signature in self._lines]

    def replace(self, records: Sequence[Record]) -> None:
        """Replace all records at once; ``to_json`` gives each its ``signature``."""
        lines = [dict(self._to_json(record)) for record in records]
        write_text_whole(self.path, "".join(map(_text, lines)))
        self._lines.clear()
        self._lines.update((str(line["signature"]), line) for line in lines)

    def __contains__(self, signature: str) -> bool:
        return signature in self._lines

    def __getitem__(self, signature: str) -> Record:
        return self._from_json(Fields(self._lines[signature], str(self.path)))

    def __len__(self) -> int:
        return len(self._lines)

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
        """Keep the content of a line; False if it is incomplete."""
        try:
            content = json.loads(line) if line.endswith("\n") else None
        except json.JSONDecodeError:
            return False
        if not isinstance(content, dict) or not isinstance(content.get("signature"), str):
            return False
        self._lines[content["signature"]] = content
        return True

    def _append(self, line: JsonObject) -> None:
        text = _text(line)
        with writing(self.path), open(self.path, "a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


class EntryLog(ResultsLog[Entry]):
    """A log of plain dictionaries.

    Args:
        path: as of `ResultsLog`.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, dict, lambda fields: fields.content)


def _text(line: JsonObject) -> str:
    return json.dumps(line, allow_nan=False) + "\n"
