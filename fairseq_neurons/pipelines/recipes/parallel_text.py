"""Parallel text: a source and a target file, line n of one translating line n of the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_lines, write_lines


class Languages(NamedTuple):
    """Suffixes of the files of either side."""

    src: str
    tgt: str


def read_parallel(prefix: Path | str, languages: Languages) -> tuple[list[str], list[str]]:
    """The lines of ``PREFIX.SRC`` and ``PREFIX.TGT``.

    Raises:
        InputError: if a file cannot be read, or they differ in length.
    """
    source, target = (read_lines(Path(f"{prefix}.{language}"), "text") for language in languages)
    if len(source) != len(target):
        raise InputError(
            f"{prefix}.{languages.src} has {len(source)} lines, {prefix}.{languages.tgt} has {len(target)}: "
            "line n of one must translate line n of the other."
        )
    return source, target


def write_parts(text: Path, language: str, lines: Sequence[str], parts: Sequence[str]) -> None:
    """Deal one side of the training text out to the models: of n parts, each gets every n-th line.

    Args:
        text: folder of the files.
        language: suffix of this side.
        lines: of the training text.
        parts: names of the files, without suffix.
    """
    for first, part in enumerate(parts):
        write_lines(text / f"{part}.{language}", lines[first :: len(parts)])
