"""A user's own parallel text and labels of its source words, checked before the demo begins."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import LABELERS
from fairseq_neurons.pipelines.recipes.labelled_text import check_labels
from fairseq_neurons.pipelines.recipes.parallel_text import Languages, read_parallel
from fairseq_neurons.storage.files import read_lines

logger = logging.getLogger(__name__)

# Fewer leave fewer than ten to validate and to test on.
LEAST_PAIRS = 100
# Models of fewer rarely translate, however simple the text is.
ADVISED_PAIRS = 10_000


@dataclass(frozen=True)
class OwnText:
    """Sentence pairs with words on either side, and labels of the source words.

    Args:
        sides: the lines of each file, by the suffix that it has in the demo's ``text``: ``en``, ``fr``, ``en.pos``.
    """

    sides: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of sentence pairs."""
        return len(next(iter(self.sides.values()), ()))

    @classmethod
    def read(cls, corpus: str, languages: Languages, labels: Sequence[str] = ()) -> OwnText:
        """Read ``CORPUS.SRC``, ``CORPUS.TGT`` and files of labels; pairs with an empty side are left out.

        Args:
            corpus: prefix of the parallel files.
            languages: their suffixes.
            labels: files with a line for each source sentence, and in it a label for each word.

        Raises:
            InputError: if a file cannot be read, they do not belong together, or there are too few pairs.
        """
        parallel = read_parallel(corpus, languages)
        sides = dict(zip(languages, parallel, strict=True))
        for name, file in label_sets(labels).items():
            sides[f"{languages.src}.{name}"] = _labels(file, parallel[0])
        whole = [i for i, pair in enumerate(zip(*parallel, strict=True)) if all(side.split() for side in pair)]
        if len(whole) < len(parallel[0]):
            logger.warning("%d sentence pairs with an empty side are left out", len(parallel[0]) - len(whole))
        _check_count(corpus, len(whole))
        return cls({suffix: [lines[i] for i in whole] for suffix, lines in sides.items()})


def label_sets(files: Sequence[str]) -> dict[str, Path]:
    """Files of labels by the name of what they label: the end of the file's name, ``pos`` of ``corpus.en.pos``.

    Raises:
        InputError: if a name is taken, or is not one of letters, digits and dashes.
    """
    found: dict[str, Path] = {}
    for file in map(Path, files):
        name = file.name.rpartition(".")[2]
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
            raise InputError(f"{file}: its name should end in what it labels, in letters, digits and dashes: .pos.")
        if name in LABELERS or name in found:
            taken = str(found.get(name, "a built-in labeler"))
            raise InputError(f"{file}: {name} is the name of {taken}, too; let the name of the file end otherwise.")
        found[name] = file
    return found


def _labels(file: Path, source: Sequence[str]) -> list[str]:
    lines = read_lines(file, "label file")
    check_labels(str(file), lines, source)
    if len({label for line in lines for label in line.split()}) < 2:
        raise InputError(f"{file} has the same label for all words; a probe needs at least two.")
    return lines


def _check_count(corpus: str, pairs: int) -> None:
    if pairs < LEAST_PAIRS:
        raise InputError(f"{corpus} has {pairs} sentence pairs; the demo needs at least {LEAST_PAIRS}.")
    if pairs < ADVISED_PAIRS:
        message = "%s has %d sentence pairs; models of fewer than about %d rarely translate, and then the demo stops"
        logger.warning(message, corpus, pairs, ADVISED_PAIRS)
