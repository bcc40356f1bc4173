"""Linguistic Correlation Analysis: neurons ranked by the weights a probe gives them (Algorithm 1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings.ranking import Ranking

SMALLEST_ALPHA = 0.001


@dataclass(frozen=True)
class WeightMass:
    """A probe's absolute weights, every label's in descending order, equal ones by neuron.

    Args:
        order: int64 (L, D), the neurons of every label.
        weights: float64 (L, D), their abs(theta_l).
        before: float64 (L, D), the sum of the weights ahead of each.
        total: float64 (L,), the sum of all, added up in this order.
    """

    order: np.ndarray
    weights: np.ndarray
    before: np.ndarray
    total: np.ndarray

    @classmethod
    def of(cls, weights: np.ndarray) -> WeightMass:
        """Sort the weights theta, (L, D) floats.

        Raises:
            InputError: if they are not a matrix of finite numbers.
        """
        size = np.abs(np.asarray(weights, dtype=np.float64))
        if size.ndim != 2 or 0 in size.shape:
            raise InputError(f"A probe's weights are a matrix (labels, neurons), not one of shape {size.shape}.")
        if not np.isfinite(size.sum()):
            raise InputError("A probe's weights must be finite numbers; these hold NaN or infinity.")
        order = np.argsort(-size, axis=1, kind="stable")
        size = np.take_along_axis(size, order, axis=1)
        sums = np.cumsum(size, axis=1)  # (L, D)
        before = np.concatenate([np.zeros((len(sums), 1)), sums[:, :-1]], axis=1)
        return cls(order, size, before, sums[:, -1])

    def shares(self) -> np.ndarray:
        """float64 (L, D), by neuron: abs(theta_l) / sum_j abs(theta_lj); 0 for a label without weights."""
        total = self.total[:, None]
        divided = np.divide(self.weights, total, out=np.zeros_like(self.weights), where=total > 0)
        shares = np.empty_like(divided)
        np.put_along_axis(shares, self.order, divided, axis=1)
        return shares


@dataclass(frozen=True)
class Selection:
    """What Algorithm 1 found.

    Args:
        order: int64 (D,), all neurons, most important first.
        scores: float64 (D,), in that order, never increasing: 1 - p/100 for a neuron that enters at p %, plus its
            largest share of a label's weights times the width of the step; 0 for one that no label gives weight.
        percents: float64 (steps,), the percentages p.
        cutoffs: int64 (steps,), how many neurons are selected up to each p.
    """

    order: np.ndarray
    scores: np.ndarray
    percents: np.ndarray
    cutoffs: np.ndarray


def algorithm1(weights: np.ndarray, alpha: float = 1.0) -> Selection:
    """Order neurons by the percentage of weight mass at which some label first needs them.

    For p = alpha, 2 alpha, ..., 100 %: every label takes the fewest neurons, by descending abs(theta_l), whose summed
    abs(theta_l) reaches p % of its own sum; what is new in the union is appended (Dalvi et al. 2019, Algorithm 1).
    The paper leaves the order inside a step open. Here it is by descending max_l abs(theta_l) / sum_j abs(theta_lj),
    then by index. At 100 % every neuron with a weight is in; those without any come last, by index.

    Args:
        weights: theta, (L, D) floats, without the biases.
        alpha: the step in percent; the last one is shorter if 100 is no multiple of it.

    Raises:
        InputError: if the weights are no matrix of finite numbers or alpha is not between 0.001 and 100.
    """
    percents, mass = _percents(alpha), WeightMass.of(weights)
    entry = _first_steps(mass, percents).min(axis=0)  # (D,)
    share = mass.shares().max(axis=0)  # (D,)
    order = np.lexsort((-share, entry)).astype(np.int64)
    floor = np.append((100 - percents) / 100, 0.0)
    width = np.append(np.diff(percents, prepend=0.0) / 100, 0.0)
    scores = (floor[entry] + width[entry] * share)[order]
    cutoffs = np.cumsum(np.bincount(entry, minlength=len(percents) + 1)[: len(percents)])
    return Selection(order, scores, percents, cutoffs.astype(np.int64))


def rank(
    weights: np.ndarray, neurons: Neurons, signature: str, checkpoint_sha256: str = "", alpha: float = 1.0
) -> Ranking:
    """Rank neurons for a whole set of labels by Algorithm 1.

    Args:
        weights: theta, (L, D) floats.
        neurons: the D neurons the probe has read.
        signature: of the probe; the ranking's own puts method and alpha before it.
        checkpoint_sha256: of the model the probe has read.
        alpha: as for :func:`algorithm1`.

    Raises:
        InputError: if the weights are of another number of neurons, or as for :func:`algorithm1`.
    """
    selection = algorithm1(weights, alpha)
    if len(selection.order) != len(neurons):
        raise InputError(f"The probe has weights for {len(selection.order)} neurons, but the model has {len(neurons)}.")
    settings = f"method:linguistic|alpha:{alpha:g}|{signature}"
    return Ranking("linguistic", neurons, selection.order, selection.scores, settings, checkpoint_sha256)


def rank_label(
    weights: np.ndarray, label: int, neurons: Neurons, signature: str, checkpoint_sha256: str = "", alpha: float = 1.0
) -> Ranking:
    """Rank neurons for one label: by descending abs(theta_l).

    Args:
        weights: theta, (L, D) floats; only row ``label`` counts.
        label: from 0.
        neurons: see :func:`rank`, as for the others.
        signature: likewise; the ranking's own names the label, too.
        checkpoint_sha256: likewise.
        alpha: likewise.

    Raises:
        InputError: if there is no such label, or as for :func:`rank`.
    """
    if not 0 <= label < len(weights):
        raise InputError(f"There is no label {label}: the probe has labels 0 to {len(weights) - 1}.")
    return rank(weights[label : label + 1], neurons, f"label:{label}|{signature}", checkpoint_sha256, alpha)


def _percents(alpha: float) -> np.ndarray:
    if not SMALLEST_ALPHA <= alpha <= 100:
        raise InputError(f"alpha={alpha}: the step is a percentage between {SMALLEST_ALPHA} and 100.")
    # 100 / alpha may lie a rounding error above a whole number.
    steps = math.ceil(100 / alpha - 1e-9)
    return np.append(alpha * np.arange(1, steps), 100.0)


def _first_steps(mass: WeightMass, percents: np.ndarray) -> np.ndarray:
    """int64 (L, D), by neuron: the first step at which the label takes it; ``len(percents)`` if never.

    A label takes a neuron as long as the sum of those ahead of it falls short of p %.
    """
    last = len(percents) - 1
    steps = np.full(mass.order.shape, last + 1, dtype=np.int64)
    for label, neurons in enumerate(mass.order):
        weighted = np.count_nonzero(mass.weights[label])
        needed = percents / 100 * mass.total[label]
        found = np.searchsorted(needed, mass.before[label, :weighted], side="right")
        # A weight too small to change the sum never finds it short of 100 %.
        steps[label, neurons[:weighted]] = np.minimum(found, last)
    return steps
