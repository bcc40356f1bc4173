"""The demo's text: train, valid and test, and the training text in three equal parts, one for each model."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from fairseq_neurons.pipelines.demo.own_text import OwnText
from fairseq_neurons.pipelines.recipes.parallel_text import Languages, write_parts
from fairseq_neurons.storage.files import read_lines, write_lines
from fairseq_neurons.toy_corpus.corpus_files import write_corpus

THIRDS = {"1": "third1", "2": "third2", "3": "third3"}  # of a translation model, the name of its part
MOST_HELD_OUT = 500


def has_text(folder: Path) -> bool:
    """Whether an earlier call has written the demo's text."""
    return (folder / "text").exists()


def prepare_text(folder: Path, own: OwnText | None, languages: Languages, seed: int) -> None:
    """Write ``text/`` of the demo's folder, unless it is there.

    Args:
        folder: of the demo.
        own: the user's text, or None for the built-in grammar.
        languages: suffixes of the files.
        seed: of the grammar, or of the choice of held-out sentences.
    """
    if has_text(folder):
        return
    text = folder / "text.partial"
    shutil.rmtree(text, ignore_errors=True)
    text.mkdir(parents=True)
    if own is None:
        write_corpus(text, seed=seed)
    else:
        _hold_out(text, own, seed)
    for language in languages:
        write_parts(text, language, read_lines(text / f"train.{language}", "text"), list(THIRDS.values()))
    text.rename(folder / "text")


def _hold_out(text: Path, own: OwnText, seed: int) -> None:
    """Split the user's sentence pairs at random: a tenth for valid, a tenth for test, at most 500 each."""
    order = list(range(len(own)))
    random.Random(seed).shuffle(order)
    held_out = min(MOST_HELD_OUT, len(order) // 10)
    splits = {"valid": order[:held_out], "test": order[held_out : 2 * held_out], "train": order[2 * held_out :]}
    for split, chosen in splits.items():
        for suffix, lines in own.sides.items():
            write_lines(text / f"{split}.{suffix}", [lines[i] for i in chosen])
