"""Tell rankings from other JSON files in a run folder, also damaged ones."""

from __future__ import annotations

import os
from pathlib import Path

from fairseq_neurons.storage.files import read_bytes
from fairseq_neurons.storage.json_fields import read_object
from fairseq_neurons.storage.regular_files import open_file
from fairseq_neurons.storage.sealed_json import CHECKSUM

# Rankings begin with these fields and end with their checksum; other files, which may be large, are not read further.
FIRST_FIELDS = ('"format"', '"method"')
EDGE = 64
# No other result has these.
LISTS = ("neurons", "order", "scores")


def is_a_ranking(file: Path) -> bool:
    """Whether a JSON file is a ranking, whole or damaged.

    Raises:
        InputError: if it is too short to tell, and no JSON: a ranking may have been cut off.
        OSError: if it cannot be read.
    """
    if file.stat().st_size <= EDGE:
        read_object(file, "JSON file")
    begins, ends = _edges(file)
    found = [name in begins for name in FIRST_FIELDS]
    if all(found):
        return True
    if any(found) or f'"{CHECKSUM}"' in ends:
        text = read_bytes(file, "JSON file").decode("utf-8", errors="replace")
        return all(f'"{name}"' in text for name in LISTS)
    return False


def _edges(file: Path) -> tuple[str, str]:
    """The first and the last bytes of a file as text."""
    with open_file(file) as opened:
        begins = opened.read(EDGE)
        opened.seek(max(0, os.fstat(opened.fileno()).st_size - EDGE))
        ends = opened.read(EDGE)
    return begins.decode("utf-8", errors="replace"), ends.decode("utf-8", errors="replace")
