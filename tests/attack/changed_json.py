"""Mutations of JSON: of its values, its fields, and what parsers stumble over."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

from tests.attack.changed_file import PAYLOADS, Changed, Mutation

# A container and the key or index of a value in it.
Place = tuple[Any, Any]
# Written as they are, since Python's parser has limits of its own.
RAW = (
    "9" * 5000,
    "1e400",
    "-1e400",
    "NaN",
    "-Infinity",
    "[" * 100_000,
    '{"a":' * 100_000,
    '"\\ud800"',
    "1" + "0" * 400,
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2, 3, 1.5, 1e308, 2**31, 2**63, 2**64, 10**30, "", "x", "1", [], {}, [[]], {"a": 1}),
    *PAYLOADS,
)


def is_lines(content: bytes) -> bool:
    """Whether the file has an object a line."""
    return content.count(b"\n{") > 0


def parsed(content: bytes) -> Any:
    """A document; a file of an object a line as a list of them."""
    text = content.decode()
    return [json.loads(line) for line in text.splitlines()] if is_lines(content) else json.loads(text)


def written(document: Any, like: bytes) -> bytes:
    """A document as JSON, an object a line where the original has that."""
    if is_lines(like) and isinstance(document, list):
        return "".join(json.dumps(line) + "\n" for line in document).encode()
    return (json.dumps(document, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def places_of(document: Any) -> Iterator[Place]:
    """Every value below the root."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in list(items):
        yield document, key
        if isinstance(value, dict | list):
            yield from places_of(value)


def chosen_place(chance: random.Random, document: Any) -> Place:
    """Each kind of field is as probable as a long list."""
    places = list(places_of(document))
    fields = [place for place in places if isinstance(place[1], str)]
    return chance.choice(fields if fields and chance.random() < 0.7 else places)


def other_value(chance: random.Random, content: bytes) -> Changed:
    document = parsed(content)
    container, key = chosen_place(chance, document)
    value = copy.deepcopy(chance.choice(VALUES))
    about = f"{key!r}: {str(container[key])[:30]} is {str(value)[:30]!r}"
    container[key] = value
    return Changed(written(document, content), about)


def near_number(chance: random.Random, content: bytes) -> Changed:
    """A plausible other number."""
    document = parsed(content)
    numbers = [(c, k) for c, k in places_of(document) if type(c[k]) in (int, float)]
    if not numbers:
        return other_value(chance, content)
    container, key = chance.choice(numbers)
    before = container[key]
    container[key] = (
        before + chance.choice((1, -1)) if isinstance(before, int) else before * chance.choice((1.01, -1, 2))
    )
    return Changed(written(document, content), f"{key!r}: {before} is {container[key]}")


def raw_value(chance: random.Random, content: bytes) -> Changed:
    document, raw = parsed(content), chance.choice(RAW)
    container, key = chosen_place(chance, document)
    container[key] = "RAW"
    return Changed(written(document, content).replace(b'"RAW"', raw.encode()), f"{key!r} is {raw[:20]}")


def lost_field(chance: random.Random, content: bytes) -> Changed:
    document = parsed(content)
    container, key = chosen_place(chance, document)
    del container[key]
    return Changed(written(document, content), f"{key!r} lost")


def renamed_field(chance: random.Random, content: bytes) -> Changed:
    document = parsed(content)
    fields = [(c, k) for c, k in places_of(document) if isinstance(c, dict)]
    if not fields:
        return lost_field(chance, content)
    container, key = chance.choice(fields)
    container[chance.choice((key.upper(), key + " ", *PAYLOADS))] = container.pop(key)
    return Changed(written(document, content), f"{key!r} renamed")


def changed_list(chance: random.Random, content: bytes) -> Changed:
    document = parsed(content)
    lists = [c[k] for c, k in places_of(document) if isinstance(c[k], list) and c[k]]
    lists += [document] if isinstance(document, list) else []
    if not lists:
        return lost_field(chance, content)
    chosen, how = chance.choice(lists), chance.choice(("repeated", "reversed", "shuffled", "exchanged", "emptied"))
    first, second = (chance.randrange(len(chosen)) for _ in range(2))
    if how == "repeated":
        chosen.insert(first, copy.deepcopy(chosen[first]))
    elif how == "exchanged":
        chosen[first], chosen[second] = chosen[second], chosen[first]
    else:
        kept = {"reversed": chosen[::-1], "shuffled": chance.sample(chosen, len(chosen)), "emptied": []}
        chosen[:] = kept[how]
    return Changed(written(document, content), f"a list of {len(chosen)} {how}")


def exchanged_values(chance: random.Random, content: bytes) -> Changed:
    document = parsed(content)
    (a, i), (b, j) = (chosen_place(chance, document) for _ in range(2))
    a[i], b[j] = copy.deepcopy(b[j]), copy.deepcopy(a[i])
    return Changed(written(document, content), f"{i!r} and {j!r} exchanged")


def other_root(chance: random.Random, content: bytes) -> Changed:
    raw = chance.choice((*RAW, "[]", "{}", "null", "3", '"x"', "true", "[{}]", '{"format": 2}', '{"format": 1}'))
    return Changed(raw.encode() + b"\n", f"all is {raw[:20]}")


JSON: tuple[Mutation, ...] = (
    *(other_value, other_value, near_number, raw_value, lost_field, renamed_field, changed_list, exchanged_values),
    other_root,
)
