"""Rankings of a model's neurons by that model alone: what cross-model rankings have to beat (the paper's Figure 7)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.statistics.dump_moments import moments_of


def variance(dump: Activations, seed: int = 1) -> np.ndarray:
    """Variance of every neuron over the words, float64 (D,); ``seed`` is unused.

    Raises:
        InputError: if a value is not a finite number.
    """
    return moments_of([dump], [], np.float32).variance(0)


def mean_distance(dump: Activations, seed: int = 1) -> np.ndarray:
    """How far a neuron's mean is from the mean of all values of the dump, float64 (D,); ``seed`` is unused.

    Dalvi et al. 2019 write "distance from mean" and label it "Mean" in Figure 7, "the ranking from high to low distance
    from mean", and give no formula. Distances of a neuron's values from its own mean would be another variance; a
    statistic called the mean, next to one called variance, is that of each neuron, and its distance is from the mean of
    them all. A constant neuron has a mean like any other.

    Raises:
        InputError: if a value is not a finite number.
    """
    means = moments_of([dump], [], np.float32).mean(0)
    return np.abs(means - means.mean())


def random(dump: Activations, seed: int = 1) -> np.ndarray:
    """A number between 0 and 1 for every neuron, float64 (D,), by chance; the dump only says how many.

    Raises:
        InputError: if the seed is negative.
    """
    if seed < 0:
        raise InputError(f"seed={seed}: give a whole number from 0.")
    return np.random.default_rng(seed).random(len(dump.neurons))


SINGLE: dict[str, Callable[[Activations, int], np.ndarray]] = {
    "variance": variance,
    "mean-distance": mean_distance,
    "random": random,
}
