"""The demo's text: train, valid and test, and the training text in three equal parts, one for each model."""

from __future__ import annotations

import random
from pathlib import Path

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.parallel_text import Languages, read_parallel, write_parts
from fairseq_neurons.storage.files import read_lines, write_lines
from fairseq_neurons.toy_corpus.corpus_files import write_corpus

THIRDS = {"1": "third1", "2": "third2", "3": "third3"}  # of a translation model, the name of its part
MOST_HELD_OUT, LEAST_HELD_OUT = 500, 10


def prepare_text(folder: Path, corpus: str | None, languages: Languages, seed: int) -> None:
    """Write ``text/`` of the demo's folder, unless it is there.

    Args:
        folder: of the demo.
        corpus: prefix of the user's parallel files, or None for the built-in grammar.
        languages: suffixes of these files.
        seed: of the grammar, or of the choice of held-out sentences.

    Raises:
        InputError: if the user's files cannot be read, do not belong together, or are too short.
    """
    if (folder / "text").exists():
        return
    text = folder / "text.partial"
    text.mkdir(parents=True, exist_ok=True)
    if corpus is None:
        write_corpus(text, seed=seed)
    else:
        _hold_out(text, corpus, languages, seed)
    for language in languages:
        write_parts(text, language, read_lines(text / f"train.{language}", "text"), list(THIRDS.values()))
    text.rename(folder / "text")


def _hold_out(text: Path, corpus: str, languages: Languages, seed: int) -> None:
    """Split the user's sentence pairs at random: a tenth for valid, a tenth for test, at most 500 each."""
    sides = read_parallel(corpus, languages)
    pairs = [pair for pair in zip(*sides, strict=True) if all(side.split() for side in pair)]
    held_out = min(MOST_HELD_OUT, len(pairs) // 10)
    if held_out < LEAST_HELD_OUT:
        raise InputError(f"{corpus} has {len(pairs)} sentence pairs; the demo needs at least {10 * LEAST_HELD_OUT}.")
    random.Random(seed).shuffle(pairs)
    splits = {"valid": pairs[:held_out], "test": pairs[held_out : 2 * held_out], "train": pairs[2 * held_out :]}
    for split, chosen in splits.items():
        for i, language in enumerate(languages):
            write_lines(text / f"{split}.{language}", [pair[i] for pair in chosen])
