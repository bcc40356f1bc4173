"""Results that are written down as they are measured, so that an interrupted run repeats nothing."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_bytes, write_text_whole, writing
from fairseq_neurons.storage.json_fields import Fields, JsonObject, parse_json
from fairseq_neurons.storage.regular_files import check_replaceable
from fairseq_neurons.storage.sealed_json import CHECKSUM, check_all_sealed, sealed, unsealed

logger = logging.getLogger(__name__)

Record = TypeVar("Record")


class LogFile:
    """A file of one JSON object a line, each found by its ``signature``; it may hold several types of record.

    Lines that an interruption cut short are dropped when the file is opened; the next run measures them again. Each
    line has a checksum.

    Args:
        path: the file; the results of an earlier run are kept.

    Raises:
        InputError: if the file cannot be read or written, or a line was changed after it was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[str, JsonObject] = {}
        # Where each signature's line is, counted from 1.
        self._numbers: dict[str, int] = {}
        if os.path.lexists(path):
            self._read()

    def add(self, line: JsonObject) -> None:
        """Write down a line, which has a ``signature``, or raise `ValueError` for a number that is not finite."""
        text = _text(line)
        check_replaceable(self.path)
        with writing(self.path), open(self.path, "a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self._keep(line, max(self._numbers.values(), default=0) + 1)

    def replace(self, lines: Sequence[JsonObject]) -> None:
        """Replace all lines at once; each has a ``signature``."""
        write_text_whole(self.path, "".join(map(_text, lines)))
        self._lines, self._numbers = {}, {}
        for number, line in enumerate(lines, start=1):
            self._keep(line, number)

    @property
    def signatures(self) -> list[str]:
        """Those of all lines, in the order in which they were added."""
        return list(self._lines)

    def __contains__(self, signature: str) -> bool:
        return signature in self._lines

    def __getitem__(self, signature: str) -> Fields:
        return Fields(self._lines[signature], f"{self.path}, line {self._numbers[signature]},")

    def _read(self) -> None:
        text = read_bytes(self.path, "log of results").decode("utf-8", errors="replace")
        lines = re.findall(r"[^\n]*\n|[^\n]+$", text)
        whole = [content for line in lines if (content := _parsed(line))]
        places = [f"{self.path}, line {number}," for number in range(1, len(whole) + 1)]
        check_all_sealed(whole, places)
        for number, (content, place) in enumerate(zip(whole, places, strict=True), start=1):
            self._keep(unsealed(content, place), number)
        if whole:
            logger.info("%s: %d results of an earlier run are kept", self.path.parent, len(whole))
        # Those of an earlier version get checksums, as the lines that are added will have.
        if len(whole) < len(lines) or not all(CHECKSUM in content for content in whole):
            write_text_whole(self.path, "".join(map(_text, whole)))

    def _keep(self, line: JsonObject, number: int) -> None:
        signature = str(line["signature"])
        self._lines[signature], self._numbers[signature] = line, number


class ResultsLog(Generic[Record]):
    """The records of one type in a `LogFile`.

    Args:
        file: the file, or its path.
        to_json: the fields of a record; the log adds ``signature`` where it is missing.
        from_json: the record of these fields and the signature. Raises `InputError`, as `Fields` does, where one is
            invalid.

    Raises:
        InputError: if the file cannot be read or written.
    """

    def __init__(
        self,
        file: LogFile | Path,
        to_json: Callable[[Record], Mapping[str, object]],
        from_json: Callable[[Fields], Record],
    ) -> None:
        self._file = LogFile(file) if isinstance(file, Path) else file
        self._to_json, self._from_json = to_json, from_json

    def measure(self, signature: str, function: Callable[[], Record]) -> Record:
        """The record of this signature; measured and written down if it is missing."""
        if signature not in self:
            self.add(signature, function())
        return self[signature]

    def add(self, signature: str, record: Record) -> None:
        """Write a record down."""
        self._file.add({**self._to_json(record), "signature": signature})

    @property
    def records(self) -> list[Record]:
        """All records, in the order in which they were added.

        Raises:
            InputError: if a line holds another kind of record.
        """
        return [self[signature] for signature in self._file.signatures]

    def replace(self, records: Sequence[Record]) -> None:
        """Replace all records at once; ``to_json`` gives each its ``signature``."""
        self._file.replace([dict(self._to_json(record)) for record in records])

    def __contains__(self, signature: str) -> bool:
        return signature in self._file

    def __getitem__(self, signature: str) -> Record:
        return self._from_json(self._file[signature])

    def __len__(self) -> int:
        return len(self._file.signatures)


def _parsed(line: str) -> JsonObject | None:
    """The content of a line; None if it is incomplete."""
    try:
        content = parse_json(line, "") if line.endswith("\n") else None
    except InputError:
        return None
    return content if isinstance(content, dict) and isinstance(content.get("signature"), str) else None


def _text(line: JsonObject) -> str:
    return json.dumps(sealed(line), allow_nan=False) + "\n"
