"""The neurons that the mask flags choose."""

from typing import Optional, Tuple

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.model_neurons import ModelNeurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.rankings.neuron_count import neuron_count


def chosen_neurons(
    model: ModelNeurons,
    patterns: Optional[str] = None,
    ranking: Optional[Ranking] = None,
    top: Optional[str] = None,
    bottom: Optional[str] = None,
    invert: bool = False,
) -> Tuple[Neurons, np.ndarray, str]:
    """Choose neurons by name or by their place in a ranking.

    Args:
        model: its neurons.
        patterns: ``--mask-neurons``: indices, names and patterns, separated by commas.
        ranking: ``--mask-ranking``, with exactly one of ``top`` and ``bottom``.
        top: ``--mask-top``: a number of neurons or a percentage.
        bottom: ``--mask-bottom``: likewise, from the other end.
        invert: ``--mask-invert``: all other neurons instead: of the ranking, of the default states, or of the blocks
            that the patterns match.

    Returns:
        The blocks in which the indices count; sorted indices, int64 (n,); and how they were chosen, for the signature.

    Raises:
        InputError: if the flags contradict each other, or the ranking is of another model's neurons.
    """
    if (patterns is None) == (ranking is None):
        raise InputError("A mask needs either --mask-neurons or --mask-ranking.")
    if patterns is not None:
        if top is not None or bottom is not None:
            raise InputError("--mask-top and --mask-bottom need --mask-ranking, not --mask-neurons.")
        neurons, chosen = model.select(patterns)
        how = f"neurons:{patterns}"
    else:
        assert ranking is not None
        model.check("The ranking", ranking.neurons)
        neurons = ranking.neurons
        chosen, how = _from_ranking(ranking, top, bottom)
    if invert:
        return neurons, np.setdiff1d(np.arange(len(neurons)), chosen), how + "|inverted:yes"
    return neurons, np.sort(chosen), how


def _from_ranking(ranking: Ranking, top: Optional[str], bottom: Optional[str]) -> Tuple[np.ndarray, str]:
    if (top is None) == (bottom is None):
        raise InputError("--mask-ranking needs either --mask-top or --mask-bottom.")
    if top is not None:
        return ranking.top(neuron_count(top, len(ranking.neurons), "--mask-top")), f"ranking:{ranking.method}|top:{top}"
    assert bottom is not None
    count = neuron_count(bottom, len(ranking.neurons), "--mask-bottom")
    return ranking.bottom(count), f"ranking:{ranking.method}|bottom:{bottom}"
