"""Write the toy corpus: parallel text and the gold labels of its English side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from fairseq_neurons.storage.files import write_lines
from fairseq_neurons.toy_corpus.grammar import generate
from fairseq_neurons.toy_corpus.phrases import LABEL_SETS, Example


def write_corpus(out: Path, train: int = 12000, valid: int = 300, test: int = 500, seed: int = 1) -> None:
    """Write ``train.en``, ``train.fr``, ``train.en.pos`` and the other label sets, and the same for the other splits.

    One sentence a line, words or labels separated by blanks. No English sentence occurs twice, in one split or in two.

    Args:
        out: folder; made if it does not exist.
        train: number of training sentences.
        valid: number of validation sentences.
        test: number of test sentences.
        seed: of the random choices; the same arguments write the same bytes.

    Raises:
        InputError: if a file cannot be written.
    """
    examples = generate(train + valid + test, seed)
    splits = {
        "train": examples[:train],
        "valid": examples[train : train + valid],
        "test": examples[train + valid :],
    }
    for split, members in splits.items():
        _write_split(out / split, members)


def _write_split(prefix: Path, examples: Sequence[Example]) -> None:
    _write_words(prefix.with_name(f"{prefix.name}.en"), (example.source for example in examples))
    _write_words(prefix.with_name(f"{prefix.name}.fr"), (example.target for example in examples))
    for labels in LABEL_SETS:
        _write_words(prefix.with_name(f"{prefix.name}.en.{labels}"), (example.labels[labels] for example in examples))


def _write_words(path: Path, sentences: Iterable[Sequence[str]]) -> None:
    write_lines(path, map(" ".join, sentences))
