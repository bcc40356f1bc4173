"""Names of the files that belong to one label."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

# Of 255 bytes, "ranking.", ".json" and ".partial" take some.
LONGEST_NAME = 200
# Beside letters and digits: what neither a shell nor Hydra reads in its own way.
PLAIN = frozenset("-_.+@")

FILES = "label_files.json"


def file_name(label: str) -> str:
    """A label as part of a file name that a shell takes without quotes.

    Other characters than letters, digits and ``-_.+@`` are written as in a URL, ``PRP%24`` for ``PRP$``; a long name is
    cut and made unique by a checksum.
    """
    return _cut("".join(c if c.isalnum() or c in PLAIN else _escaped(c) for c in label), label)


def file_names(labels: Iterable[str]) -> dict[str, str]:
    """The name of each label's ranking: the content of ``label_files.json``."""
    return {label: f"ranking.{file_name(label)}.json" for label in labels}


def ranking_file(folder: Path, label: str) -> Path:
    """The ranking of a label in the folder of a probe, also of one that an earlier version has written."""
    found = folder / f"ranking.{file_name(label)}.json"
    earlier = folder / f"ranking.{_earlier_name(label)}.json"
    return earlier if earlier.is_file() and not found.is_file() else found


def _earlier_name(label: str) -> str:
    return _cut(label.replace("%", "%25").replace("/", "%2F").replace("\0", "%00"), label)


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _cut(name: str, label: str) -> str:
    if len(name.encode()) <= LONGEST_NAME:
        return name
    start = name.encode()[: LONGEST_NAME - 9].decode(errors="ignore")
    return f"{start}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"
