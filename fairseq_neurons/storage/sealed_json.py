"""JSON objects that carry a checksum of themselves, so that an edited number does not pass for a measured one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from fairseq_neurons.errors import InputError

CHECKSUM = "checksum"
DIGITS = 16


def sealed(content: Mapping[str, object]) -> dict[str, object]:
    """The same object with its checksum as the last field."""
    plain = {name: value for name, value in content.items() if name != CHECKSUM}
    return {**plain, CHECKSUM: checksum_of(plain)}


def unsealed(content: dict[str, object], place: str) -> dict[str, object]:
    """The object without its checksum, which is verified; objects of earlier versions and other programs have none.

    Raises:
        InputError: if the checksum is another one.
    """
    if CHECKSUM not in content:
        return content
    plain = {name: value for name, value in content.items() if name != CHECKSUM}
    if content[CHECKSUM] != checksum_of(plain):
        raise InputError(
            f"{place} is damaged: it was changed after it was written, its {CHECKSUM} is of another content; "
            f"remove the field {CHECKSUM!r} to use it all the same."
        )
    return plain


def check_all_sealed(contents: Sequence[object], places: Sequence[str]) -> None:
    """Refuse records of which some have checksums: they are written together, so one was changed.

    Args:
        contents: the records of a file.
        places: of each, for the message.

    Raises:
        InputError: naming the first that has none.
    """
    has = [isinstance(content, dict) and CHECKSUM in content for content in contents]
    if any(has) and not all(has):
        raise InputError(f"{places[has.index(False)]} is damaged: it has no {CHECKSUM!r}, as the other lines have.")


def checksum_of(content: Mapping[str, object]) -> str:
    """The first digits of the SHA-256 of an object, written by Python without blanks, its fields in their order."""
    text = json.dumps(content, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:DIGITS]
