"""Intrinsic probing: the few neurons from which Gaussians tell the labels best, found greedily."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.gaussian_conditionals import Conditionals, Words
from fairseq_neurons.rankings.neuron_scores import NeuronScores, check_labels, sample

HELD_OUT = 0.25
# In nats, between neurons that were chosen one after the other though the second gained more.
STEP = 1e-9


def gaussian(
    X: Design, y: np.ndarray, labels: int, seed: int = 1, select: int = 50, words: int = 10_000
) -> NeuronScores:
    """Score by how many nats a neuron adds to the log-likelihood of the labels.

    p(label | neurons) follows by Bayes' rule from a Gaussian of the neurons given each label (Torroba Hennigen,
    Williams & Cotterell 2020, "Intrinsic Probing through Dimension Selection"; the estimates differ from theirs, see
    :class:`Conditionals`). Neurons are chosen one by one, each time the one with which the log-likelihood is highest,
    until none raises it. As in the authors' code that is of words the Gaussians have not seen: a quarter of every
    label's.

    Overall, a chosen neuron's score is its gain in nats a word when it was chosen, raised to above those chosen later;
    that of the others is their gain in the last round, which is never more. Negative: it would have done harm.
    Per label it is the gain of the single neuron over the label's frequency, averaged over the label's words: an
    estimate of KL(p(neuron | label) || p(neuron)). It is 0 for labels with a single word and neurons that never change.

    Args:
        X: the values, (N, D).
        y: int64 (N,).
        labels: L.
        seed: of the sample and of the words held out.
        select: how many neurons are chosen, at most.
        words: how many are looked at, at most; a random sample if there are more.

    Raises:
        InputError: if labels and words do not fit, ``select`` is not positive, or a value is not a finite number.
    """
    check_labels(X, y, labels)
    if select < 1:
        raise InputError(f"select={select}: choose at least one neuron.")
    X, y = sample(X, y, words, seed)
    values, held = torch.cat([block for _, block in X.blocks()]), _held_out(y, seed)
    overall, per_label = np.zeros(X.shape[1]), np.zeros((labels, X.shape[1]))
    if held.any():
        present, places = np.unique(y, return_inverse=True)
        told = _prepare(values, places, held, min(select, X.shape[1]))
        first = told.log_likelihoods()
        per_label[present] = _gains_per_label(told, first)
        overall = _greedy(told, first)
    return NeuronScores(overall, per_label)


def _held_out(y: np.ndarray, seed: int) -> np.ndarray:
    """bool (N,): a quarter of every label's words, at least one of two, never the only one."""
    held = np.zeros(len(y), dtype=bool)
    rng = np.random.default_rng(seed)
    for label in np.unique(y):
        own = rng.permutation(np.flatnonzero(y == label))
        count = max(round(HELD_OUT * len(own)), 1) if len(own) > 1 else 0
        held[own[:count]] = True
    return held


def _prepare(values: Tensor, y: np.ndarray, held: np.ndarray, capacity: int) -> Words:
    out = torch.from_numpy(held).to(values.device)
    known, asked = values[~out], values[out]
    mean, inverse = _moments(known)
    known, asked = ((part - mean) * inverse for part in (known, asked))
    places = torch.from_numpy(y.astype(np.int64)).to(values.device)
    gaussians = Conditionals(known, places[~out], capacity)
    prior = torch.bincount(places[~out]).to(torch.float64) / len(known)
    return Words(asked, places[out], prior, gaussians)


def _moments(values: Tensor) -> tuple[Tensor, Tensor]:
    """Means and inverse standard deviations of columns, each (D,); 0 for the inverse of a constant one's."""
    variance, mean = torch.var_mean(values.to(torch.float64), dim=0, correction=0)
    # Of a variance that float32 cannot hold, the inverse may be infinite.
    constant = (values.amax(dim=0) == values.amin(dim=0)) | (variance < torch.finfo(torch.float32).tiny)
    inverse = torch.where(constant, 0.0, variance.rsqrt())
    return mean.to(values.dtype), inverse.to(values.dtype)


def _gains_per_label(told: Words, sums: Tensor) -> np.ndarray:
    """float64 (V, D), from the sums of the first round; 0 for labels of which no word is held out."""
    counts = torch.bincount(told.y, minlength=len(sums))[:, None]
    gains = (sums - counts * told.log_prior[:, None]) / counts.clamp_min(1)
    return torch.where(told.gaussians.constant, 0.0, gains).cpu().numpy()


def _greedy(told: Words, sums: Tensor) -> np.ndarray:
    """The scores, float64 (D,); the sums are those of the first round."""
    level = float(told.log_prior[told.y].mean())
    chosen: list[int] = []
    gains: list[float] = []
    while True:
        now = (sums.sum(dim=0) / len(told.y) - level).where(~told.gaussians.constant, 0.0).cpu().numpy()
        now[chosen] = -np.inf
        best = int(np.argmax(now))
        if now[best] > 0:
            chosen.append(best)
            gains.append(float(now[best]))
            level += gains[-1]
        if len(chosen) == told.capacity or now[best] <= 0:
            break
        told.choose(best)
        sums = told.log_likelihoods()
    now[chosen] = _descending(gains)
    return now


def _descending(gains: list[float]) -> np.ndarray:
    """The gains, each raised to above the next where it is not."""
    scores = np.array(gains)
    for i in range(len(scores) - 1, 0, -1):
        scores[i - 1] = max(scores[i - 1], scores[i] + STEP)
    return scores
