"""Check that dumps can be compared: different models, the same words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError

UNKNOWN = "<unk>"


def check_target(dumps: Sequence[Activations], target: int) -> None:
    """Refuse a target that is not one of the dumps, or has no words.

    Raises:
        InputError: with the number of dumps, or the name of the empty one.
    """
    if not 0 <= target < len(dumps):
        raise InputError(f"target={target}: there are {len(dumps)} dumps, counted from 0.")
    if not len(dumps[target]):
        raise InputError(f"{dumps[target].path} has no words: there is nothing to rank its neurons by.")


def check_comparable(ours: Activations, others: Sequence[Activations]) -> None:
    """Refuse a single dump, the same dump twice, and dumps of different words.

    Raises:
        InputError: naming the dump, or the first sentence that differs.
    """
    if not others:
        raise InputError("Correlation needs the dumps of at least two models.")
    seen: set[Path] = set()
    for dump in (ours, *others):
        if dump.path.resolve() in seen:
            raise InputError(f"{dump.path} is given twice; correlation compares different models.")
        seen.add(dump.path.resolve())
        _check_same_words(ours, dump)


def _check_same_words(first: Activations, other: Activations) -> None:
    different = f"{first.path} and {other.path} are dumps of different words"
    if first.manifest.sentences != other.manifest.sentences:
        raise InputError(f"{different}: {first.manifest.sentences} sentences and {other.manifest.sentences}.")
    pairs = zip(first.stream_sentences(), other.stream_sentences(), strict=True)
    for number, (left, right) in enumerate(pairs, start=1):
        if left != right:
            raise InputError(f"{different}: {_difference(number, left, right)}")


def _difference(number: int, left: Sequence[str], right: Sequence[str]) -> str:
    """What differs in a sentence, in a sentence."""
    for position, (ours, theirs) in enumerate(zip(left, right, strict=False), start=1):
        if ours != theirs:
            place = f"word {position} of sentence {number}"
            cure = " A dump without dump_text= has <unk> for unknown words: make both with it."
            return f"{place} is {_quote(ours)} in one and {_quote(theirs)} in the other." + cure * (
                UNKNOWN in (ours, theirs)
            )
    return f"sentence {number} has {len(left)} words in one and {len(right)} in the other."


def _quote(word: str) -> str:
    return repr(word if len(word) <= 60 else word[:57] + "...")


def check_same_dictionary(*named: tuple[str | Path, str]) -> None:
    """Refuse things of one model that were made with different dictionaries; unknown ones fit any.

    Args:
        named: two things, each its name and the SHA-256 of its dictionary.

    Raises:
        InputError: if the dictionaries differ.
    """
    (first, ours), (other, theirs) = named
    if ours and theirs and ours != theirs:
        raise InputError(
            f"{first} and {other} have different dictionaries, {ours[:8]} and {theirs[:8]}: words were added, removed "
            "or exchanged in one, so the model takes them for others."
        )
