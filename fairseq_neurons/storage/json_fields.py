"""Read JSON that may be damaged: fields are checked as they are read, and the error names the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_text

Kind = TypeVar("Kind")

JsonObject = dict[str, object]

KINDS = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


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

    def inner_list(self, name: str) -> list[Fields]:
        """The value of a field that is a list of objects.

        Raises:
            InputError: if the field is missing or not a list of objects.
        """
        return [Fields(item, self.place) for item in self.list_of(name, dict)]

    def damage(self, what: str) -> InputError:
        """The error to raise for content that is invalid in another way, such as an unknown name."""
        return InputError(f"{self.place} is damaged: {what}.")


def is_kind(value: object, kind: type) -> bool:
    """Whether a JSON value has a type; an integer is a ``float``, too, and a ``bool`` is neither."""
    # A bool is an int to Python, but not to whoever reads a file.
    accepted = (int, float) if kind is float else kind
    return isinstance(value, accepted) and (kind is bool or not isinstance(value, bool))


def read_object(path: Path, what: str) -> Fields:
    """Read a file that is one JSON object.

    Args:
        path: the file.
        what: what it should be, for the message.

    Raises:
        InputError: if it cannot be read, or is not a JSON object.
    """
    return Fields(_parse(read_text(path, what), str(path)), str(path))


def read_objects(path: Path, what: str) -> list[Fields]:
    """Read a file of one JSON object a line. A last line without end, which is still being written, is skipped.

    Raises:
        InputError: if it cannot be read, or a line is not a JSON object.
    """
    lines = read_text(path, what).split("\n")[:-1]
    places = [f"{path}, line {number}," for number in range(1, len(lines) + 1)]
    return [Fields(_parse(line, place), place) for line, place in zip(lines, places, strict=True)]


def _parse(text: str, place: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{place} is damaged: it is not JSON ({error}).") from error
