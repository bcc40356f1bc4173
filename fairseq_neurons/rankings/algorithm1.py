"""Linguistic Correlation Analysis: rank neurons by the weights of a probe (Dalvi et al. 2019, Algorithm 1)."""

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
    """The absolute weights of a probe, sorted in descending order for each label; ties by neuron index.

    Args:
        order: int64 (L, D), the neurons in the order of each label.
        weights: float64 (L, D), their abs(theta_l).
        before: float64 (L, D), the sum of the weights that precede each.
        total: float64 (L,), the sum of all weights, added up in this order.
    """

    order: np.ndarray
    weights: np.ndarray
    before: np.ndarray
    total: np.ndarray

    @classmethod
    def of(cls, weights: np.ndarray) -> WeightMass:
        """Sort the weights theta, (L, D) floats.

        Raises:
            InputError: if ``weights`` is not a matrix of finite numbers.
        """
        size = np.abs(np.asarray(weights, dtype=np.float64))
        if size.ndim != 2 or 0 in size.shape:
            raise InputError(f"A probe's weights must be a matrix (labels, neurons); their shape is {size.shape}.")
        if not np.isfinite(size.sum()):
            raise InputError("A probe's weights must be finite; these contain NaN or infinity.")
        order = np.argsort(-size, axis=1, kind="stable")
        size = np.take_along_axis(size, order, axis=1)
        sums = np.cumsum(size, axis=1)  # (L, D)
        before = np.concatenate([np.zeros((len(sums), 1)), sums[:, :-1]], axis=1)
        return cls(order, size, before, sums[:, -1])

    def shares(self) -> np.ndarray:
        """abs(theta_l) / sum_j abs(theta_lj) by neuron index, float64 (L, D); 0 for a label without weights."""
        total = self.total[:, None]
        divided = np.divide(self.weights, total, out=np.zeros_like(self.weights), where=total > 0)
        shares = np.empty_like(divided)
        np.put_along_axis(shares, self.order, divided, axis=1)
        return shares


@dataclass(frozen=True)
class Selection:
    """The result of Algorithm 1.

    Args:
        order: int64 (D,), all neurons, most important first.
        scores: float64 (D,), in the same order, never increasing. A neuron that is selected at p % scores 1 - p/100
            plus its largest share of a label's weights times the step size. A neuron without weights scores 0.
        percents: float64 (steps,), the percentages p.
        cutoffs: int64 (steps,), the number of neurons selected up to each p.
    """

    order: np.ndarray
    scores: np.ndarray
    percents: np.ndarray
    cutoffs: np.ndarray


def algorithm1(weights: np.ndarray, alpha: float = 1.0) -> Selection:
    """Order neurons by the percentage of weight mass at which a label first selects them.

    For p = alpha, 2 alpha, ..., 100 %: each label selects the fewest neurons, by descending abs(theta_l), whose summed
    abs(theta_l) reaches p % of the sum over all neurons. Neurons that are new in the union over labels are appended to
    the ranking (Dalvi et al. 2019, Algorithm 1). The paper does not define the order within a step. Here it is by
    descending max_l abs(theta_l) / sum_j abs(theta_lj), then by index. At 100 %, every neuron with a nonzero weight is
    selected; neurons without weights come last, by index.

    Args:
        weights: theta, (L, D) floats, without the biases.
        alpha: step size in percent; the last step is shorter if 100 is not a multiple of it.

    Raises:
        InputError: if ``weights`` is not a matrix of finite numbers or ``alpha`` is not between 0.001 and 100.
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
        neurons: the D neurons that the probe was trained on.
        signature: signature of the probe; the ranking's signature adds method and alpha.
        checkpoint_sha256: checksum of the model's checkpoint.
        alpha: see :func:`algorithm1`.

    Raises:
        InputError: if the number of neurons differs, or as in :func:`algorithm1`.
    """
    selection = algorithm1(weights, alpha)
    if len(selection.order) != len(neurons):
        raise InputError(f"The probe has weights for {len(selection.order)} neurons, but the model has {len(neurons)}.")
    own_signature = f"method:linguistic|alpha:{alpha:g}|{signature}"
    return Ranking("linguistic", neurons, selection.order, selection.scores, own_signature, checkpoint_sha256)


def rank_label(
    weights: np.ndarray, label: int, neurons: Neurons, signature: str, checkpoint_sha256: str = "", alpha: float = 1.0
) -> Ranking:
    """Rank neurons for a single label, by descending abs(theta_l).

    Args:
        weights: theta, (L, D) floats; only row ``label`` is used.
        label: index of the label.
        neurons: see :func:`rank`.
        signature: see :func:`rank`; the ranking's signature also names the label.
        checkpoint_sha256: see :func:`rank`.
        alpha: see :func:`rank`.

    Raises:
        InputError: if there is no such label, or as in :func:`rank`.
    """
    if not 0 <= label < len(weights):
        raise InputError(f"There is no label {label}: the probe has labels 0 to {len(weights) - 1}.")
    return rank(weights[label : label + 1], neurons, f"label:{label}|{signature}", checkpoint_sha256, alpha)


def _percents(alpha: float) -> np.ndarray:
    if not SMALLEST_ALPHA <= alpha <= 100:
        raise InputError(f"alpha={alpha}: the step size must be a percentage between {SMALLEST_ALPHA} and 100.")
    # 100 / alpha may exceed a whole number by a rounding error.
    steps = math.ceil(100 / alpha - 1e-9)
    return np.append(alpha * np.arange(1, steps), 100.0)


def _first_steps(mass: WeightMass, percents: np.ndarray) -> np.ndarray:
    """The first step at which each label selects each neuron, int64 (L, D); ``len(percents)`` if it never does.

    A label selects a neuron if the weights that precede it sum up to less than p %.
    """
    last = len(percents) - 1
    steps = np.full(mass.order.shape, last + 1, dtype=np.int64)
    for label, neurons in enumerate(mass.order):
        weighted = np.count_nonzero(mass.weights[label])
        needed = percents / 100 * mass.total[label]
        found = np.searchsorted(needed, mass.before[label, :weighted], side="right")
        # If a weight is too small to change the sum, the preceding weights already sum up to 100 %.
        steps[label, neurons[:weighted]] = np.minimum(found, last)
    return steps
