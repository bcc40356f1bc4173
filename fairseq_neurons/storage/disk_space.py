"""Refuse work whose result would not fit on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from fairseq_neurons.errors import InputError


def check_disk_space(out: Path, folder: Path, needed: int, advice: str, about: str = "") -> None:
    """Refuse a disk without enough room.

    Args:
        out: the result, for the message.
        folder: an existing folder of the disk.
        needed: bytes.
        advice: what makes the result smaller.
        about: ``"about "`` if the size is an estimate.

    Raises:
        InputError: with what is needed and what is free.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        sizes = f"{about}{human_bytes(needed)} of disk and {human_bytes(free)} are free"
        raise InputError(f"{out} needs {sizes}; {advice}.")


def human_bytes(count: int) -> str:
    """Format a size: ``1536`` -> ``1.5 KiB``."""
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.4g} {unit}"
        value /= 1024
    return f"{value:.4g} TiB"
