"""Rankings of a model's own neurons: Cross-model Correlation Analysis, its kin, and what one model says alone."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

import numpy as np

from fairseq_neurons import __version__
from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.comparability import check_comparable, check_target
from fairseq_neurons.errors import InputError
from fairseq_neurons.options import takes
from fairseq_neurons.rankings.correlation_settings import CorrelationMethod, CorrelationSettings
from fairseq_neurons.rankings.model_pairs import PAIRWISE
from fairseq_neurons.rankings.ranking import Ranking
from fairseq_neurons.rankings.single_model import SINGLE
from fairseq_neurons.statistics.dump_moments import moments_of
from fairseq_neurons.statistics.moments import Moments
from fairseq_neurons.storage.files import sha256_of_file

logger = logging.getLogger(__name__)

METHODS = (*PAIRWISE, *SINGLE)


@takes(CorrelationSettings)
def correlate(settings: CorrelationSettings) -> Ranking:
    """Rank one model's neurons, by their likes in other models or by themselves.

    With other models, score(M_ij) = max over i' != i and j' of rho(M_ij, M_i'j') (Dalvi et al. 2019, "Cross-model
    Correlation Analysis"), rho being Pearson's correlation over the words of the dumps, which are read once, in blocks.
    The other methods are those of Bau et al. 2019, "Identifying and Controlling Important Neurons in Neural Machine
    Translation" (Section 3.2), and the single-model statistics of Dalvi et al.'s Figure 7.

    Args:
        settings: see `CorrelationSettings`; the function takes its fields as arguments.

    Returns:
        The ranking of the target's neurons; by other models, constant neurons score 0.

    Raises:
        InputError: if there are too few dumps, they hold different words or values that are no numbers, two are the
            same folder, an option is not one of the method, or the words are too few for it.
    """
    method, target, absolute = settings.method, settings.target, settings.absolute
    _check_options(settings)
    dumps = [Activations(path) for path in settings.activations]
    check_target(dumps, target)
    ours, others = dumps[target], [dump for i, dump in enumerate(dumps) if i != target]
    if method in SINGLE:
        return _single(ours, method, settings.reverse, settings.seed)
    check_comparable(ours, others)
    scores = _by_others([ours, *others], method, absolute)
    signature = (
        f"method:crossmodel-{method}|"
        + (f"absolute:{'yes' if absolute else 'no'}|" if PAIRWISE[method].signed else "")
        + f"{_of(ours)}|others:{'+'.join(dump.manifest.checkpoint_sha256[:8] for dump in others)}"
        + f"|{_words(ours)}|version:{__version__}"
    )
    checkpoint = ours.manifest.checkpoint_sha256
    return Ranking.from_scores(f"crossmodel-{method}", ours.neurons, scores, signature, checkpoint)


def _single(ours: Activations, method: str, reverse: bool, seed: int) -> Ranking:
    name = f"{method}-reversed" if reverse else method
    told = f"seed:{seed}|{_of(ours)}" if method == "random" else f"{_of(ours)}|{_words(ours)}"
    return Ranking.from_scores(
        name,
        ours.neurons,
        SINGLE[method](ours, seed),
        f"method:{name}|{told}|version:{__version__}",
        ours.manifest.checkpoint_sha256,
        reverse=reverse,
    )


def _by_others(dumps: Sequence[Activations], method: str, absolute: bool) -> np.ndarray:
    """Scores of the first one's neurons, (D,)."""
    how, others = PAIRWISE[method], range(1, len(dumps))
    most = max(len(dump.neurons) for dump in dumps)
    if how.fits and len(dumps[0]) <= most:
        raise InputError(
            f"{dumps[0].path} has {len(dumps[0])} words: {method} needs more than neurons, of which there are {most}, "
            "or whatever one model does can be fitted with another."
        )
    moments = moments_of(dumps, dict.fromkeys(pair for i in others for pair in how.pairs(i)), how.dtype)
    _warn_of_constants(moments, len(dumps))
    return how.merge.reduce([how.score(moments, i, absolute) for i in others])


def _warn_of_constants(moments: Moments, models: int) -> None:
    constant = [moments.constant(i) for i in range(models)]
    count = sum(int(columns.sum()) for columns in constant)
    if count:
        logger.warning("%d of %d neurons never change; they score 0", count, sum(map(len, constant)))


def _check_options(settings: CorrelationSettings) -> None:
    method = settings.method
    if method not in METHODS:
        raise InputError(f"There is no method {method!r}; the methods are {', '.join(METHODS)}.")
    for name, given, methods in (
        ("absolute", settings.absolute, [name for name, how in PAIRWISE.items() if how.signed]),
        ("reverse", settings.reverse, list(SINGLE)),
        ("seed", settings.seed != CorrelationMethod.seed, ["random"]),
    ):
        if given and method not in methods:
            raise InputError(f"method={method} takes no {name}=; it is an option of {', '.join(methods)}.")


def _of(ours: Activations) -> str:
    """The target; one that is held by a mask is not the same."""
    model, mask = f"target:{ours.manifest.checkpoint_sha256[:8]}", ours.manifest.mask
    return f"{model}|mask:{hashlib.sha256(mask.encode()).hexdigest()[:8]}" if mask else model


def _words(ours: Activations) -> str:
    return f"words:{len(ours)}|text:{sha256_of_file(ours.path / 'words.txt')[:8]}|dtype:{ours.manifest.dtype}"
