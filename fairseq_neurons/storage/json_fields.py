"""Read JSON that may be damaged: fields are checked as they are read, and the error names the file."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import TypeVar

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_text
from fairseq_neurons.storage.sealed_json import check_all_sealed, unsealed

Kind = TypeVar("Kind")

JsonObject = dict[str, object]

LARGEST = 1 << 63
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
KINDS = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


class NotJson(InputError):
    """A file holds something else."""


class Fields:
    """A JSON object of a file.

    Args:
        content: the parsed JSON.
        place: where it was found, for messages: ``FILE`` or ``FILE, line 3``.

    Raises:
        InputError: if the content is not an object.
    """

    def __init__(self, content: object, place: str) -> None:
        if not isinstance(content, dict):
            raise InputError(f"{place} is damaged: it is not a JSON object.")
        self.content: JsonObject = content
        self.place = place

    def __contains__(self, name: str) -> bool:
        return name in self.content

    def required(self, name: str, kind: type[Kind]) -> Kind:
        """The value of a field.

        Args:
            name: of the field.
            kind: its type; ``float`` also accepts an integer, which stays one.

        Raises:
            InputError: if the field is missing or has another type.
        """
        value = self.content.get(name)
        if not is_kind(value, kind):
            raise self.damage(f"{name!r} is missing or not {KINDS.get(kind, kind.__name__)}")
        return value  # type: ignore[return-value]

    def optional(self, name: str, kind: type[Kind]) -> Kind | None:
        """The value of a field; None if it is missing or ``null``.

        Raises:
            InputError: if the field has another type.
        """
        return None if self.content.get(name) is None else self.required(name, kind)

    def list_of(self, name: str, kind: type[Kind]) -> list[Kind]:
        """The value of a field that is a list, every item of which has the same type.

        Raises:
            InputError: if the field is missing, not a list, or an item has another type.
        """
        items = self.required(name, list)
        if not all(is_kind(item, kind) for item in items):
            raise self.damage(f"an item of {name!r} is not {KINDS.get(kind, kind.__name__)}")
        return items

    def inner(self, name: str) -> Fields:
        """The value of a field that is an object.

        Raises:
            InputError: if the field is missing or not an object.
        """
        return Fields(self.required(name, dict), self.place)

    def damage(self, what: str) -> InputError:
        """The error to raise for content that is invalid in another way, such as an unknown name."""
        return InputError(f"{self.place} is damaged: {what}.")


def is_kind(value: object, kind: type) -> bool:
    """Whether a JSON value has a type; an integer is a ``float``, too, and a ``bool`` is neither.

    Integers have at most 64 bits. ``1e400`` and ``NaN``, which Python reads, are not numbers.
    """
    # A bool is an int to Python, but not to whoever reads a file.
    if isinstance(value, bool):
        return kind is bool
    if isinstance(value, int):
        return kind in (int, float) and -LARGEST <= value < LARGEST
    return isinstance(value, kind) and (not isinstance(value, float) or math.isfinite(value))


def read_object(path: Path, what: str) -> Fields:
    """Read a file that is one JSON object; its checksum is verified, if it has one.

    Args:
        path: the file.
        what: what it should be, for the message.

    Raises:
        InputError: if it cannot be read, is not a JSON object, or was changed after it was written.
    """
    return _fields(parse_json(read_text(path, what), str(path)), str(path))


def read_objects(path: Path, what: str) -> list[Fields]:
    """Read a file of one JSON object a line. A last line without end, which is still being written, is skipped.

    Raises:
        InputError: if it cannot be read, or a line is not a JSON object or was changed.
    """
    lines = read_text(path, what).split("\n")[:-1]
    places = [f"{path}, line {number}," for number in range(1, len(lines) + 1)]
    found = [parse_json(line, place) for line, place in zip(lines, places, strict=True)]
    check_all_sealed(found, places)
    return [_fields(content, place) for content, place in zip(found, places, strict=True)]


def _fields(content: object, place: str) -> Fields:
    return Fields(unsealed(content, place) if isinstance(content, dict) else content, place)


def parse_json(text: str, place: str) -> object:
    """Parse JSON that may be anything.

    Args:
        text: the JSON.
        place: where it was found.

    Raises:
        InputError: if it is not JSON, is nested too deeply, or holds half a character.
    """
    try:
        content = json.loads(text)
        if ESCAPED_SURROGATE.search(text):
            # Half of a pair, which can be neither written nor printed.
            json.dumps(content, ensure_ascii=False).encode("utf-8")
    except ValueError as error:
        raise NotJson(f"{place} is damaged: it is not JSON ({error}).") from error
    except RecursionError as error:
        raise InputError(f"{place} is damaged: its JSON is nested too deeply.") from error
    return content
