"""Rank one model's neurons against other models, or by statistics of that model alone."""

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
    """Rank one model's neurons against other models, or by statistics of that model alone.

    The default, ``max``, is Cross-model Correlation Analysis (Dalvi et al. 2019): score(M_ij) = max over i' != i and j'
    of rho(M_ij, M_i'j'), where rho is Pearson's correlation over the words of the dumps. ``min``,
    ``linear-regression`` and ``svcca`` are the methods of Bau et al. 2019, "Identifying and Controlling Important
    Neurons in Neural Machine Translation" (Section 3.2). ``variance``, ``mean-distance`` and ``random`` are the
    single-model statistics of Dalvi et al.'s Figure 7. The dumps are read once, in blocks.

    Args:
        settings: see `CorrelationSettings`; the function takes its fields as arguments.

    Returns:
        The ranking of the target's neurons. In cross-model methods, constant neurons score 0.

    Raises:
        InputError: if there are too few dumps, dumps have different words, a dump is listed twice, an option does not
            belong to the method, there are too few words for the method, or a value is not finite.
    """
    method, target, absolute = settings.method, settings.target, settings.absolute
    _check_options(settings)
    dumps = [Activations(path) for path in settings.activations]
    check_target(dumps, target)
    ours, others = dumps[target], [dump for i, dump in enumerate(dumps) if i != target]
    if method in SINGLE:
        return _rank_alone(ours, method, settings.reverse, settings.seed)
    check_comparable(ours, others)
    scores = _cross_model_scores([ours, *others], method, absolute)
    signature = (
        f"method:crossmodel-{method}|"
        + (f"absolute:{'yes' if absolute else 'no'}|" if PAIRWISE[method].signed else "")
        + f"{_model_settings(ours)}|others:{'+'.join(dump.manifest.checkpoint_sha256[:8] for dump in others)}"
        + f"|{_word_settings(ours)}|version:{__version__}"
    )
    checkpoint = ours.manifest.checkpoint_sha256
    return Ranking.from_scores(f"crossmodel-{method}", ours.neurons, scores, signature, checkpoint)


def _rank_alone(ours: Activations, method: str, reverse: bool, seed: int) -> Ranking:
    name, model = f"{method}-reversed" if reverse else method, _model_settings(ours)
    settings = f"seed:{seed}|{model}" if method == "random" else f"{model}|{_word_settings(ours)}"
    return Ranking.from_scores(
        name,
        ours.neurons,
        SINGLE[method](ours, seed),
        f"method:{name}|{settings}|version:{__version__}",
        ours.manifest.checkpoint_sha256,
        reverse=reverse,
    )


def _cross_model_scores(dumps: Sequence[Activations], method: str, absolute: bool) -> np.ndarray:
    """Scores of the neurons of the first dump, (D,)."""
    pairwise, others = PAIRWISE[method], range(1, len(dumps))
    most = max(len(dump.neurons) for dump in dumps)
    if pairwise.fits and len(dumps[0]) <= most:
        raise InputError(
            f"{dumps[0].path} has {len(dumps[0])} words, but method={method} needs more words than neurons ({most}): "
            "with fewer, the neurons of one model fit those of another perfectly."
        )
    moments = moments_of(dumps, dict.fromkeys(pair for i in others for pair in pairwise.pairs(i)), pairwise.dtype)
    _warn_of_constant_neurons(moments, len(dumps))
    return pairwise.merge.reduce([pairwise.score(moments, i, absolute) for i in others])


def _warn_of_constant_neurons(moments: Moments, models: int) -> None:
    constant = [moments.constant(i) for i in range(models)]
    count = sum(int(columns.sum()) for columns in constant)
    if count:
        logger.warning("%d of %d neurons are constant; they score 0", count, sum(map(len, constant)))


def _check_options(settings: CorrelationSettings) -> None:
    method = settings.method
    if method not in METHODS:
        raise InputError(f"There is no method {method!r}; the methods are {', '.join(METHODS)}.")
    for name, used, methods in (
        ("absolute", settings.absolute, [name for name, pairwise in PAIRWISE.items() if pairwise.signed]),
        ("reverse", settings.reverse, list(SINGLE)),
        ("seed", settings.seed != CorrelationMethod.seed, ["random"]),
    ):
        if used and method not in methods:
            raise InputError(f"method={method} has no option {name}=; it is an option of {', '.join(methods)}.")


def _model_settings(ours: Activations) -> str:
    """The model in the signature, including the mask: a masked model is a different one."""
    model, mask = f"target:{ours.manifest.checkpoint_sha256[:8]}", ours.manifest.mask
    return f"{model}|mask:{hashlib.sha256(mask.encode()).hexdigest()[:8]}" if mask else model


def _word_settings(ours: Activations) -> str:
    return f"words:{len(ours)}|text:{sha256_of_file(ours.path / 'words.txt')[:8]}|dtype:{ours.manifest.dtype}"
