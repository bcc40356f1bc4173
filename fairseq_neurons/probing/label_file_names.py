"""Names of the files that belong to one label."""

from __future__ import annotations

import hashlib

# Of 255 bytes, "ranking.", ".json" and ".partial" take some.
LONGEST_NAME = 200


def file_name(label: str) -> str:
    """A label as part of a file name; a long one is cut and made unique by a checksum."""
    name = label.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
    if len(name.encode()) <= LONGEST_NAME:
        return name
    start = name.encode()[: LONGEST_NAME - 9].decode(errors="ignore")
    return f"{start}-{hashlib.sha256(label.encode()).hexdigest()[:8]}"
