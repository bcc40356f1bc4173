"""Intrinsic probing: greedy selection of the neurons from which Gaussians predict the labels best."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.gaussian_conditionals import Conditionals, HeldOutWords
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, sample

HELD_OUT = 0.25
# In nats: the score by which a chosen neuron exceeds the next one if its own gain was smaller.
STEP = 1e-9


def gaussian(
    X: Design, y: np.ndarray, labels: int, seed: int = 1, select: int = 50, words: int = 10_000
) -> NeuronScores:
    """Score a neuron by the nats it adds to the log-likelihood of the labels.

    p(label | neurons) follows from Bayes' rule with a Gaussian of the neurons for each label (Torroba Hennigen,
    Williams & Cotterell 2020, "Intrinsic Probing through Dimension Selection"; the estimates differ from theirs, see
    :class:`Conditionals`). Neurons are selected greedily: each step adds the neuron with which the log-likelihood is
    highest, until none increases it. As in the authors' code, the log-likelihood is that of held-out words, a quarter
    of the words of every label.

    The overall score of a selected neuron is its gain in nats per word when it was selected, raised if necessary to
    exceed the scores of neurons selected later. The score of any other neuron is its gain in the last step, which is
    not larger; a negative gain means that the neuron would lower the log-likelihood. The score for a label is the gain
    of the single neuron over the prior, averaged over the label's held-out words: an estimate of
    KL(p(neuron | label) || p(neuron)). It is 0 for labels with a single word and for constant neurons.

    Args:
        X: (N, D) values.
        y: int64 (N,), label indices.
        labels: number of labels, L.
        seed: of the sample and of the held-out words.
        select: maximum number of neurons to select.
        words: maximum number of words; of more words, a random sample is used.

    Raises:
        InputError: if labels and words do not match, ``select`` is not positive, or a value is not finite.
    """
    check_labels(X, y, labels)
    if select < 1:
        raise InputError(f"select={select}: select at least one neuron.")
    X, y = sample(X, y, words, seed)
    values, held_out = torch.cat([block for _, block in X.blocks()]), _held_out(y, seed)
    overall, per_label = np.zeros(X.shape[1]), np.zeros((labels, X.shape[1]))
    if held_out.any():
        present, present_y = np.unique(y, return_inverse=True)
        held = _fit(values, present_y, held_out, min(select, X.shape[1]))
        first = held.log_likelihoods()
        per_label[present] = _gains_per_label(held, first)
        overall = _greedy(held, first)
    return NeuronScores(overall, per_label)


def _held_out(y: np.ndarray, seed: int) -> np.ndarray:
    """A quarter of the words of every label, at least one of two words, and none of a single word; bool (N,)."""
    held = np.zeros(len(y), dtype=bool)
    rng = np.random.default_rng(seed)
    for label in np.unique(y):
        own = rng.permutation(np.flatnonzero(y == label))
        count = max(round(HELD_OUT * len(own)), 1) if len(own) > 1 else 0
        held[own[:count]] = True
    return held


def _fit(values: Tensor, y: np.ndarray, held_out: np.ndarray, capacity: int) -> HeldOutWords:
    """Fit the Gaussians to the other words, and prepare the held-out ones."""
    held = torch.from_numpy(held_out).to(values.device)
    train, test = values[~held], values[held]
    mean, inverse = _moments(train)
    train, test = ((part - mean) * inverse for part in (train, test))
    targets = torch.from_numpy(y.astype(np.int64)).to(values.device)
    gaussians = Conditionals(train, targets[~held], capacity)
    prior = torch.bincount(targets[~held]).to(torch.float64) / len(train)
    return HeldOutWords(test, targets[held], prior, gaussians)


def _moments(values: Tensor) -> tuple[Tensor, Tensor]:
    """Means and inverse standard deviations of the columns, each (D,); the inverse is 0 for constant columns."""
    variance, mean = torch.var_mean(values.to(torch.float64), dim=0, correction=0)
    # The inverse of a variance below the range of float32 may be infinite.
    constant = (values.amax(dim=0) == values.amin(dim=0)) | (variance < torch.finfo(torch.float32).tiny)
    inverse = torch.where(constant, 0.0, variance.rsqrt())
    return mean.to(values.dtype), inverse.to(values.dtype)


def _gains_per_label(held: HeldOutWords, sums: Tensor) -> np.ndarray:
    """Gains of single neurons, float64 (V, D), from the first log-likelihoods; 0 for labels without held-out words."""
    counts = torch.bincount(held.y, minlength=len(sums))[:, None]
    gains = (sums - counts * held.log_prior[:, None]) / counts.clamp_min(1)
    return torch.where(held.gaussians.constant, 0.0, gains).cpu().numpy()


def _greedy(held: HeldOutWords, sums: Tensor) -> np.ndarray:
    """Overall scores, float64 (D,); ``sums`` are the log-likelihoods before any neuron is selected."""
    level = float(held.log_prior[held.y].mean())
    selected: list[int] = []
    gains: list[float] = []
    while True:
        scores = (sums.sum(dim=0) / len(held.y) - level).where(~held.gaussians.constant, 0.0).cpu().numpy()
        scores[selected] = -np.inf
        best = int(np.argmax(scores))
        if scores[best] > 0:
            selected.append(best)
            gains.append(float(scores[best]))
            level += gains[-1]
        if len(selected) == held.capacity or scores[best] <= 0:
            break
        held.select(best)
        sums = held.log_likelihoods()
    scores[selected] = _descending(gains)
    return scores


def _descending(gains: list[float]) -> np.ndarray:
    """Raise each gain that does not exceed the next one."""
    scores = np.array(gains)
    for i in range(len(scores) - 1, 0, -1):
        scores[i - 1] = max(scores[i - 1], scores[i] + STEP)
    return scores
