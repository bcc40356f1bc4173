"""Frozen dataclasses as JSON objects: written field by field, and checked against the annotations when read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import KINDS, Fields, JsonObject, is_kind

Record = TypeVar("Record")


def record_to_json(record: object) -> JsonObject:
    """The fields of a dataclass in their order."""
    return {item.name: plain(getattr(record, item.name)) for item in fields(cast(Any, record))}


def records_to_json(records: Iterable[object]) -> list[JsonObject]:
    """The same for several records."""
    return [record_to_json(record) for record in records]


def plain(value: object) -> object:
    """A value as JSON has it; a value with ``to_json`` says how it is written."""
    if hasattr(value, "to_json"):
        return value.to_json()
    if is_dataclass(value):
        return record_to_json(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


def read_record(kind: type[Record], content: Fields) -> Record:
    """Read a record from a JSON object; fields that the record does not have are ignored.

    Args:
        kind: a dataclass of ``str``, ``int``, ``float``, ``bool``, ``X | None``, ``tuple[X, ...]``, ``dict[str, X]``
            and other such dataclasses, or classes with ``to_json`` and ``from_json``, which reads a list and the place
            for messages. Fields that may be None or have a default may be missing.
        content: the object.

    Raises:
        InputError: naming the file and the first field that is missing or mistyped.
    """
    return cast(Record, _record(kind, content.content, "", content.place))


def _record(kind: type, content: JsonObject, path: str, place: str) -> object:
    hints = _hints(kind)
    given = {}
    for item in fields(cast(Any, kind)):
        optional = item.default is not MISSING or item.default_factory is not MISSING
        if item.name in content or not optional:
            where = f"{path}.{item.name}" if path else item.name
            given[item.name] = _value(hints[item.name], content.get(item.name), where, place)
    return kind(**given)


@cache
def _hints(kind: type) -> dict[str, Any]:
    """The annotations as types; Python evaluates each as code."""
    return get_type_hints(kind)


def _value(hint: Any, value: object, path: str, place: str) -> object:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return None if value is None else _value(inner[0], value, path, place)
    kind = {None: hint, tuple: list}.get(origin, origin)
    if hasattr(kind, "from_json"):
        return kind.from_json(_checked(value, list, path, place), place)
    if is_dataclass(kind):
        return _record(cast(type, kind), cast(JsonObject, _checked(value, dict, path, place)), path, place)
    _checked(value, kind, path, place)
    if origin is tuple:
        return tuple(_value(inner[0], one, f"{path}[{i}]", place) for i, one in enumerate(cast(list[object], value)))
    if origin is dict:
        return {name: _value(inner[1], one, f"{path}.{name}", place) for name, one in cast(JsonObject, value).items()}
    return value


def _checked(value: object, kind: type, path: str, place: str) -> object:
    if not is_kind(value, kind):
        raise InputError(f"{place} is damaged: {path!r} is missing or not {KINDS[kind]}.")
    return value
