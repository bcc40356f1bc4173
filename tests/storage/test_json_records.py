"""Records survive JSON, and a field of another type is named."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.json_fields import Fields
from fairseq_neurons.storage.json_records import plain, read_record, record_to_json, records_to_json


@dataclass(frozen=True)
class Point:
    x: float
    y: float | None = None


@dataclass(frozen=True)
class Name:
    """A value that JSON has as a list of letters."""

    text: str

    def to_json(self) -> list[str]:
        return list(self.text)

    @classmethod
    def from_json(cls, content: list[str], place: str) -> Name:
        if not content:
            raise InputError(f"{place} has an empty name.")
        return cls("".join(content))


@dataclass(frozen=True)
class Shape:
    name: Name
    closed: bool
    points: tuple[Point, ...]
    rows: tuple[tuple[int, ...], ...]
    sizes: dict[str, dict[str, int]]
    parent: Point | None


SHAPE = Shape(Name("ab"), True, (Point(1.5, None), Point(2, 3.5)), ((1, 2), ()), {"a": {"b": 1}}, None)
CONTENT = {
    "name": ["a", "b"],
    "closed": True,
    "points": [{"x": 1.5, "y": None}, {"x": 2, "y": 3.5}],
    "rows": [[1, 2], []],
    "sizes": {"a": {"b": 1}},
    "parent": None,
}


def test_record__is_written_field_by_field_in_order():
    assert record_to_json(SHAPE) == CONTENT and list(record_to_json(SHAPE)) == list(CONTENT)
    assert records_to_json(SHAPE.points) == CONTENT["points"]
    assert plain((SHAPE.points[0], {"name": SHAPE.name}, 3)) == [{"x": 1.5, "y": None}, {"name": ["a", "b"]}, 3]


def test_read_record__is_the_one_that_was_written():
    assert read_record(Shape, Fields(json.loads(json.dumps(record_to_json(SHAPE))), "file")) == SHAPE


def test_unknown_fields__are_ignored_and_missing_ones_have_their_default():
    assert read_record(Point, Fields({"x": 1.0, "z": 5}, "file")) == Point(1.0, None)
    assert read_record(Shape, Fields({k: v for k, v in CONTENT.items() if k != "parent"}, "file")) == SHAPE


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"closed": 1}, "'closed' is missing or not true or false"),
        ({"closed": None}, "'closed' is missing or not true or false"),
        ({"points": {}}, "'points' is missing or not a list"),
        ({"points": [{"x": 1}, {"y": 1}]}, r"'points\[1\].x' is missing or not a number"),
        ({"points": [{"x": True}]}, r"'points\[0\].x' is missing or not a number"),
        ({"rows": [[1], [1, 2.5]]}, r"'rows\[1\]\[1\]' is missing or not an integer"),
        ({"sizes": {"a": {"b": "1"}}}, "'sizes.a.b' is missing or not an integer"),
        ({"parent": []}, "'parent' is missing or not an object"),
        ({"name": "ab"}, "'name' is missing or not a list"),
    ],
    ids=lambda value: "" if isinstance(value, str) else "-".join(value),
)
def test_field_of_another_type__is_named_with_its_file(change, sentence):
    with pytest.raises(InputError, match=f"^a.json is damaged: {sentence}.$"):
        read_record(Shape, Fields({**CONTENT, **change}, "a.json"))


def test_a_class_that_reads_itself__knows_the_file():
    with pytest.raises(InputError, match="a.json has an empty name"):
        read_record(Shape, Fields({**CONTENT, "name": []}, "a.json"))
