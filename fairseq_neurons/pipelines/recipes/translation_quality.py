"""Whether trained models translate: their BLEU on the test set and their perplexity on the validation set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.model_files import checkpoint
from fairseq_neurons.storage.files import read_text

# A model below it does not translate: its test set's BLEU is that of frequent words in any order, and masking neurons
# has nothing to destroy.
LEAST_BLEU = 5.0
# Without attention a model's validation perplexity stays at about twice that of the others.
TOO_HIGH = 1.5
# The last line of ``fairseq-generate``.
BLEU = re.compile(r"^Generate \S+ with beam=\d+: BLEU4? = (\d{1,9}(?:\.\d{1,9})?)", re.MULTILINE)


class Validation(NamedTuple):
    """A model's best result on the validation set.

    Args:
        perplexity: to 0.04 %, because fairseq rounds the loss to three decimals.
        epoch: in which it was reached, from 1.
    """

    perplexity: float
    epoch: int


def best_validation(folder: Path, model: str) -> Validation:
    """The validation result of a model's best checkpoint.

    It is read from the checkpoint because the log of a resumed training is incomplete.

    Raises:
        InputError: if it cannot be read.
    """
    # Imported here because it loads fairseq, which the tables do not need.
    from fairseq_neurons.plugin.checkpoints import check_checkpoint

    state = check_checkpoint(str(folder / checkpoint(model)))["extra_state"]
    # At the end of an epoch fairseq notes the next one.
    position = state["train_iterator"]
    return Validation(float(2 ** state["best"]), position["epoch"] - (position["iterations_in_epoch"] == 0))


def without_attention(perplexities: Mapping[str, float]) -> dict[str, float]:
    """The models whose validation perplexity is far above that of the best."""
    best = min(perplexities.values())
    return {model: perplexity for model, perplexity in perplexities.items() if perplexity > TOO_HIGH * best}


def logged_bleu(log: Path) -> float:
    """The BLEU of the test set at the end of the log of ``fairseq-generate``.

    Raises:
        InputError: if the log cannot be read or has no BLEU.
    """
    found = BLEU.findall(read_text(log, "log"))
    if not found:
        mark = log.with_suffix(".done").name
        raise InputError(f"{log} has no BLEU of the test set; remove {mark} beside it to translate again.")
    return float(found[-1])
