"""Gaussians of neurons given a label, conditioned on one more neuron at a time."""

from __future__ import annotations

import torch
from torch import Tensor

from fairseq_neurons.rankings.neuron_scores import members

# Smallest variance, relative to a neuron's variance over all words: below it, float32 values are noise.
FLOOR = 1e-6
# As many as neurons are selected by default. With fewer, rare labels overfit, and useful neurons seem to lower the
# log-likelihood.
PRIOR_WORDS = 50
# Size of a tensor of labels x words x neurons that fits into the cache.
ELEMENTS = 1 << 20


class Conditionals:
    """For every label v, a Gaussian of all D neurons, conditioned on the selected ones.

    The mean is that of the label's words. The covariance is the posterior mean under a normal-inverse-Wishart prior
    centred on this mean and worth k = ``PRIOR_WORDS`` words: (k P + S_v) / (k + N_v), where S_v is the scatter of the
    label's N_v words and P the pooled covariance within labels. Torroba Hennigen et al. 2020 use the same prior with
    k = 1 and, in their code, the label's own variances for P, and take the mode, (...) / (N_v + 2 D + 4). This
    implementation differs for labels with few words, for three reasons. With 1,000 neurons and 100 words, the mode has
    a twentieth of the actual variance. The posterior mean does not depend on the number of neurons, so marginalising
    over some gives the same result as not having them. A prior worth a single word lets the covariances of 20 neurons
    overfit.

    Conditioning uses the first rows of the Cholesky factor of each covariance.

    Args:
        values: (N, D) floats, standardised.
        y: int64 (N,), every label from 0 to V - 1 at least once.
        capacity: maximum number of selected neurons.

    Attributes:
        means: float64 (V, D).
        variances: float64 (V, D), given the selected neurons.
        factor: float64 (V, capacity, D), rows of the Cholesky factors; 0 after the first ``selected`` rows.
        selected: number of selected neurons.
        constant: bool (D,), the constant neurons, which carry no information.
    """

    def __init__(self, values: Tensor, y: Tensor, capacity: int) -> None:
        order = torch.argsort(y, stable=True)
        sizes = torch.bincount(y).tolist()
        groups = values[order].to(torch.float64).split(sizes)
        self.means = torch.stack([group.mean(dim=0) for group in groups])
        self._centred = [group - mean for group, mean in zip(groups, self.means, strict=True)]
        scatter = torch.stack([group.square().sum(dim=0) for group in self._centred])
        self._sizes = torch.tensor(sizes, device=values.device)[:, None]  # (V, 1)
        self.variances = self._shrunk(scatter).clamp_min(FLOOR)
        self.constant = values.amax(dim=0) == values.amin(dim=0)
        self.variances[:, self.constant] = 1.0  # the same under every label
        self.factor = torch.zeros(len(groups), capacity, values.shape[1], dtype=torch.float64, device=values.device)
        self.selected = 0

    def select(self, neuron: int) -> None:
        """Condition on one more neuron."""
        products = torch.stack([group.T @ group[:, neuron] for group in self._centred])  # (V, D)
        rows = self.factor[:, : self.selected]
        known = torch.einsum("vk,vkd->vd", rows[:, :, neuron], rows)
        row = (self._shrunk(products) - known) / self.variances[:, neuron, None].sqrt()
        self.factor[:, self.selected] = row
        self.variances = (self.variances - row.square()).clamp_min(FLOOR)
        self.selected += 1

    def _shrunk(self, scatter: Tensor) -> Tensor:
        """Shrink the covariances of every label, (V, D), towards the pooled ones."""
        pooled = scatter.sum(dim=0) / self._sizes.sum()
        return (PRIOR_WORDS * pooled + scatter) / (PRIOR_WORDS + self._sizes)


class HeldOutWords:
    """Held-out words, with the likelihood of their labels given the selected neurons.

    Args:
        values: (n, D) floats, standardised like the training words.
        y: int64 (n,), label indices from 0 to V - 1.
        prior: float64 (V,), the prior probabilities of the labels.
        gaussians: the Gaussians of the labels; selecting a neuron here also conditions them on it.

    Attributes:
        log_prior: float64 (V,), in nats.
        capacity: maximum number of selected neurons.
    """

    def __init__(self, values: Tensor, y: Tensor, prior: Tensor, gaussians: Conditionals) -> None:
        self.values, self.y, self.gaussians, self.log_prior = values, y, gaussians, prior.log()
        labels, self.capacity, _ = gaussians.factor.shape
        self._joint = self.log_prior.to(values.dtype)[:, None].repeat(1, len(y))  # (V, n): log p(v, selected neurons)
        self._white = values.new_zeros(labels, len(y), self.capacity)  # selected neurons, whitened
        self._factor = values.new_zeros(gaussians.factor.shape)

    def select(self, neuron: int) -> None:
        """Condition on one more neuron, here and in the Gaussians."""
        variance = self.gaussians.variances[:, neuron, None].to(self.values.dtype)  # (V, 1)
        mean = self.gaussians.means[:, neuron, None].to(self.values.dtype)
        known = torch.einsum("vnk,vk->vn", self._white, self._factor[:, :, neuron])
        white = (self.values[:, neuron] - mean - known) / variance.sqrt()
        self._joint -= (white.square() + variance.log()) / 2
        self._white[:, :, self.gaussians.selected] = white
        self.gaussians.select(neuron)
        self._factor[:, self.gaussians.selected - 1] = self.gaussians.factor[:, self.gaussians.selected - 1].to(
            white.dtype
        )

    def log_likelihoods(self) -> Tensor:
        """Log-likelihood with each neuron added: log p(label | selected neurons, this neuron).

        Returns:
            float64 (V, D), in nats, summed over the words of each label.
        """
        labels, neurons = self.gaussians.means.shape
        inverse = self.gaussians.variances.rsqrt()
        offset = (self.gaussians.means * inverse)[:, None].to(self.values.dtype)
        scale, log_scale = inverse[:, None].to(self.values.dtype), inverse.log()[:, None].to(self.values.dtype)
        factor = self._factor[:, : self.gaussians.selected] * scale
        sums = torch.zeros(labels, neurons, dtype=torch.float64, device=self.values.device)
        size = max(1, ELEMENTS // (labels * neurons))
        for start in range(0, len(self.y), size):
            words = slice(start, start + size)
            joint = torch.addcmul(-offset, self.values[words], scale)  # (V, words, D)
            if self.gaussians.selected:
                joint.baddbmm_(self._white[:, words, : self.gaussians.selected], factor, alpha=-1)
            joint.square_().mul_(-0.5).add_(log_scale).add_(self._joint[:, words, None])
            own = joint.gather(0, self.y[words][None, :, None].expand(1, -1, neurons))[0]
            own -= torch.logsumexp(joint, dim=0)
            sums += members(self.y[words], labels, sums) @ own.to(torch.float64)
        return sums
