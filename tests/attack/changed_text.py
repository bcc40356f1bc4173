"""Mutations of text: encodings, lines, words, numbers."""

from __future__ import annotations

import random
import re

from tests.attack.changed_file import PAYLOADS, Changed, Mutation

ENCODINGS = ("utf-16", "utf-32", "utf-8-sig", "latin-1", "utf-7", "cp037")
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
NUMBERS = (b"9" * 5000, b"1e400", b"-1", b"0", b"1e-400", b"NaN", b"Infinity", b"4294967296", b"1.5", b"0x10", b"")
CHARACTERS = ("\x00", "\x1b[2J", "\u2028", "\r", "\t", "\x85", "\ufeff", "é", "😀", "\u0301", " ", "  ", "#", "\x0c")


def other_encoding(chance: random.Random, content: bytes) -> Changed:
    name = chance.choice(ENCODINGS)
    text = content.decode("utf-8", "replace") + chance.choice(("", "é"))
    return Changed(text.encode(name, "replace"), f"written in {name}")


def other_line_ends(chance: random.Random, content: bytes) -> Changed:
    end = chance.choice((b"\r\n", b"\r", b"\n\n", b" \n"))
    return Changed(content.replace(b"\n", end), f"lines end in {end!r}")


def exchanged_lines(chance: random.Random, content: bytes) -> Changed:
    lines = content.split(b"\n")
    first, second = (chance.randrange(len(lines)) for _ in range(2))
    lines[first], lines[second] = lines[second], lines[first]
    return Changed(b"\n".join(lines), f"lines {first} and {second} exchanged")


def repeated_line(chance: random.Random, content: bytes) -> Changed:
    lines = content.split(b"\n")
    place = chance.randrange(len(lines))
    return Changed(b"\n".join([*lines[:place], lines[place], *lines[place:]]), f"line {place} repeated")


def lost_line(chance: random.Random, content: bytes) -> Changed:
    lines = content.split(b"\n")
    place = chance.randrange(len(lines))
    return Changed(b"\n".join(lines[:place] + lines[place + 1 :]), f"line {place} lost")


def exchanged_words(chance: random.Random, content: bytes) -> Changed:
    parts = re.split(rb"(\s+)", content)
    first, second = (chance.randrange(0, len(parts), 2) for _ in range(2))
    parts[first], parts[second] = parts[second], parts[first]
    return Changed(b"".join(parts), f"words {first // 2} and {second // 2} exchanged")


def lost_word(chance: random.Random, content: bytes) -> Changed:
    parts = re.split(rb"(\s+)", content)
    place = chance.randrange(0, len(parts), 2)
    return Changed(b"".join(parts[:place] + parts[place + 1 :]), f"word {place // 2} lost")


def other_word(chance: random.Random, content: bytes) -> Changed:
    parts = re.split(rb"(\s+)", content)
    place, word = chance.randrange(0, len(parts), 2), chance.choice(PAYLOADS)
    parts[place] = word.encode()
    return Changed(b"".join(parts), f"word {place // 2} is {word[:40]!r}")


def other_number(chance: random.Random, content: bytes) -> Changed:
    places = list(NUMBER.finditer(content))
    if not places:
        return other_word(chance, content)
    place, number = chance.choice(places), chance.choice(NUMBERS)
    return Changed(
        content[: place.start()] + number + content[place.end() :],
        f"{place.group()[:20]!r} at {place.start()} is {number[:20]!r}",
    )


def more_characters(chance: random.Random, content: bytes) -> Changed:
    text, more = content.decode("utf-8", "replace"), chance.choice(CHARACTERS)
    place = chance.randrange(len(text) + 1)
    return Changed((text[:place] + more + text[place:]).encode(), f"{more!r} at {place}")


def long_line(chance: random.Random, content: bytes) -> Changed:
    more = chance.choice((b"word ", b"x", b"\t", b"a b\tc")) * 200_000
    place = content.find(b"\n", chance.randrange(len(content))) + 1
    return Changed(content[:place] + more + b"\n" + content[place:], f"a line of {len(more)} bytes at {place}")


TEXT: tuple[Mutation, ...] = (
    *(other_encoding, other_line_ends, exchanged_lines, repeated_line, lost_line, exchanged_words),
    *(lost_word, other_word, other_number, more_characters, long_line),
)
