"""Mutations of any file: flipped, lost, repeated and exchanged bytes."""

from __future__ import annotations

import random

from tests.attack.changed_file import Changed, Mutation


def flipped_bit(chance: random.Random, content: bytes) -> Changed:
    place, bit = chance.randrange(len(content)), chance.randrange(8)
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return Changed(bytes(changed), f"bit {bit} of byte {place} flipped")


def other_bytes(chance: random.Random, content: bytes) -> Changed:
    changed = bytearray(content)
    places = [chance.randrange(len(content)) for _ in range(chance.choice((1, 2, 8)))]
    for place in places:
        changed[place] = chance.randrange(256)
    return Changed(bytes(changed), f"bytes {places} are others")


def cut_off(chance: random.Random, content: bytes) -> Changed:
    left = chance.choice((0, 1, len(content) - 1, chance.randrange(len(content))))
    return Changed(content[:left], f"cut off after {left} bytes")


def longer(chance: random.Random, content: bytes) -> Changed:
    more = chance.choice((b"\x00" * 7, b"\n", b" ", b"{}", chance.randbytes(100), content))
    return Changed(content + more, f"{len(more)} bytes longer")


def lost_bytes(chance: random.Random, content: bytes) -> Changed:
    start = chance.randrange(len(content))
    end = start + chance.choice((1, 4, chance.randrange(1, 200)))
    return Changed(content[:start] + content[end:], f"bytes {start} to {end} lost")


def repeated_bytes(chance: random.Random, content: bytes) -> Changed:
    start = chance.randrange(len(content))
    end = start + chance.choice((1, 4, chance.randrange(1, 200)))
    return Changed(content[:end] + content[start:], f"bytes {start} to {end} repeated")


def exchanged_bytes(chance: random.Random, content: bytes) -> Changed:
    size = chance.choice((1, 4, 16, 64))
    first, second = sorted(chance.randrange(max(1, len(content) - size)) for _ in range(2))
    a, b = content[first : first + size], content[second : second + size]
    changed = bytearray(content)
    changed[second : second + size], changed[first : first + size] = a, b
    return Changed(bytes(changed), f"{size} bytes at {first} and {second} exchanged")


def zeros(chance: random.Random, content: bytes) -> Changed:
    start = chance.randrange(len(content))
    count = min(len(content) - start, chance.choice((1, 16, 512, len(content))))
    return Changed(content[:start] + bytes(count) + content[start + count :], f"{count} bytes from {start} are zero")


def nothing(chance: random.Random, content: bytes) -> Changed:
    return Changed(b"", "empty")


def rubbish(chance: random.Random, content: bytes) -> Changed:
    return Changed(chance.randbytes(chance.choice((1, 10, len(content)))), "random bytes")


BYTES: tuple[Mutation, ...] = (
    *(flipped_bit, flipped_bit, flipped_bit, other_bytes, cut_off, longer, lost_bytes),
    *(repeated_bytes, exchanged_bytes, zeros, nothing, rubbish),
)
