"""Cross-model Correlation Analysis: a neuron matters if other models have learned it, too."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fairseq_neurons import __version__
from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.moments import CrossMoments
from fairseq_neurons.rankings.ranking import Ranking

logger = logging.getLogger(__name__)

BLOCK = 8192


def correlate(
    activations: Sequence[str | Path], target: int = 0, absolute: bool = False, method: str = "max"
) -> Ranking:
    """Rank one model's neurons by their best correlation with any neuron of any other model.

    score(M_ij) = max over i' != i and j' of rho(M_ij, M_i'j') (Dalvi et al. 2019, "Cross-model Correlation Analysis"),
    rho being Pearson's correlation over the words of the dumps, which are read once, in blocks.

    Args:
        activations: two or more dumps of the same words, each by another model.
        target: which of them is ranked, from 0.
        absolute: take abs(rho), as the authors' code does, instead of rho, as the paper writes.
        method: ``max``, the best match over all other models.

    Returns:
        The ranking of the target's neurons; constant neurons score 0.

    Raises:
        InputError: if there are fewer than two dumps, they hold different words, or two are the same file.
    """
    if method != "max":
        raise InputError(f"There is no correlation method {method!r}; the methods are max.")
    dumps = [Activations(path) for path in activations]
    _check_comparable(dumps, target)
    ours, others = dumps[target], [dump for i, dump in enumerate(dumps) if i != target]
    moments = CrossMoments()
    with tqdm(total=len(ours), unit=" words", unit_scale=True, desc="correlate", disable=None) as bar:
        for blocks in zip(*(dump.blocks(BLOCK) for dump in (ours, *others)), strict=True):
            _check_finite(blocks, (ours, *others))
            moments.add(blocks[0], blocks[1:])
            bar.update(len(blocks[0]))
    scores = _best(moments, absolute)
    signature = _signature(ours, others, absolute, method)
    checkpoint = ours.manifest.checkpoint_sha256
    return Ranking.from_scores(f"crossmodel-{method}", ours.neurons, scores, signature, checkpoint)


def _best(moments: CrossMoments, absolute: bool) -> np.ndarray:
    constant = moments.constant()
    count = sum(int(columns.sum()) for columns in constant)
    if count:
        logger.warning("%d of %d neurons never change; they score 0", count, sum(map(len, constant)))
    best = np.full(len(constant[0]), -np.inf)
    for rho in moments.correlations():
        # A constant neuron has no correlation: it scores 0 itself and is nobody's best match.
        match = np.where(np.isnan(rho), -np.inf, np.abs(rho) if absolute else rho)
        np.maximum(best, match.max(axis=1), out=best)
    return np.where(np.isneginf(best), 0.0, best)


def _check_comparable(dumps: Sequence[Activations], target: int) -> None:
    if len(dumps) < 2:
        raise InputError("Correlation needs the dumps of at least two models.")
    if not 0 <= target < len(dumps):
        raise InputError(f"target={target}: there are {len(dumps)} dumps, counted from 0.")
    seen: set[Path] = set()
    for dump in dumps:
        if dump.path.resolve() in seen:
            raise InputError(f"{dump.path} is given twice; correlation compares different models.")
        seen.add(dump.path.resolve())
        _check_same_words(dumps[0], dump)


def _check_same_words(first: Activations, other: Activations) -> None:
    different = f"{first.path} and {other.path} are dumps of different words"
    if first.manifest.sentences != other.manifest.sentences:
        raise InputError(f"{different}: {first.manifest.sentences} sentences and {other.manifest.sentences}.")
    pairs = zip(first.stream_sentences(), other.stream_sentences(), strict=True)
    for number, (left, right) in enumerate(pairs, start=1):
        if left != right:
            raise InputError(
                f"{different}: sentence {number} is {_quote(left)} in one and {_quote(right)} in the other."
            )


def _quote(words: Sequence[str]) -> str:
    text = " ".join(words)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _check_finite(blocks: Sequence[np.ndarray], dumps: Sequence[Activations]) -> None:
    for block, dump in zip(blocks, dumps, strict=True):
        # A sum finds any nan or infinity among the summands.
        if not np.isfinite(block.sum(axis=0, dtype=np.float32)).all():
            raise InputError(f"{dump.path} holds values that are not finite numbers.")


def _signature(ours: Activations, others: Sequence[Activations], absolute: bool, method: str) -> str:
    models = "+".join(dump.manifest.checkpoint_sha256[:8] for dump in others)
    return (
        f"method:crossmodel-{method}|absolute:{'yes' if absolute else 'no'}"
        f"|target:{ours.manifest.checkpoint_sha256[:8]}|others:{models}"
        f"|words:{len(ours)}|dtype:{ours.manifest.dtype}|version:{__version__}"
    )
