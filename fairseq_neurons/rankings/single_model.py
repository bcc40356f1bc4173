"""Score neurons by statistics of their model alone, the baselines of Dalvi et al. 2019, Figure 7."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.dump_moments import moments_of


def variance(dump: Activations, seed: int = 1) -> np.ndarray:
    """The variance of each neuron over the words, float64 (D,); ``seed`` is unused.

    Raises:
        InputError: if a value is not finite.
    """
    return moments_of([dump], [], np.float32).variance(0)


def mean_distance(dump: Activations, seed: int = 1) -> np.ndarray:
    """The distance of each neuron's mean from the mean of all values, float64 (D,); ``seed`` is unused.

    Dalvi et al. 2019 define this ranking only in words: "distance from mean", labelled "Mean" in Figure 7, "the ranking
    from high to low distance from mean". The distance of a neuron's values from its own mean would be a second kind of
    variance, which the figure shows separately. We therefore take the distance of the neuron's mean from the overall
    mean. Constant neurons are scored like all others.

    Raises:
        InputError: if a value is not finite.
    """
    means = moments_of([dump], [], np.float32).mean(0)
    return np.abs(means - means.mean())


def random(dump: Activations, seed: int = 1) -> np.ndarray:
    """Uniformly random scores between 0 and 1, float64 (D,); the values of the dump are not used.

    Raises:
        InputError: if the seed is negative.
    """
    if seed < 0:
        raise InputError(f"seed={seed}: the seed must not be negative.")
    return np.random.default_rng(seed).random(len(dump.neurons))


SINGLE: dict[str, Callable[[Activations, int], np.ndarray]] = {
    "variance": variance,
    "mean-distance": mean_distance,
    "random": random,
}
