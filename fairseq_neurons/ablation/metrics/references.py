"""The references that translations are compared with."""

from __future__ import annotations

import logging
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.files import read_lines

logger = logging.getLogger(__name__)

UNKNOWN = "<<unk>>"


def references_of(reference: str | None, subset: str, targets: list[str]) -> list[str]:
    """What the hypotheses are compared with: the text that was given, or the data's own targets.

    Args:
        reference: the file of the text, if it was given.
        subset: the name of the data's part.
        targets: of the data, unknown words as ``<<unk>>``.

    Raises:
        InputError: if the number of lines differs from the number of sentences.
    """
    if reference is None:
        if unknown := sum(line.split().count(UNKNOWN) for line in targets):
            logger.warning(
                "%d words of the references are unknown to the data and match nothing; "
                "the raw text can be given with reference=FILE",
                unknown,
            )
        return targets
    lines = read_lines(Path(reference), "reference")
    if len(lines) != len(targets):
        raise InputError(f"{reference} has {len(lines)} lines, {subset} {len(targets)} sentences.")
    return lines
