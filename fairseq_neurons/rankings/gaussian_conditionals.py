"""Gaussians of neurons given a label and given other neurons, grown one neuron at a time."""

from __future__ import annotations

import torch
from torch import Tensor

from fairseq_neurons.rankings.neuron_scores import members

# In units of a neuron's variance over all words: below it, float32 values are noise.
FLOOR = 1e-6
# As many as there are neurons to choose by default: fewer overfit rare labels, and neurons seem to do harm.
PRIOR_WORDS = 50
# Of a tensor of labels x words x neurons, which should stay in the cache.
ELEMENTS = 1 << 20


class Conditionals:
    """For every label v, a Gaussian of all D neurons, conditioned on those chosen so far.

    The mean is the label's own. The covariance is the posterior mean under a normal-inverse-Wishart prior centred on
    the mean and worth k = ``PRIOR_WORDS`` words: (k P + S_v) / (k + N_v), S_v being the scatter of the label's N_v
    words and P the covariance within labels, over all of them. Torroba Hennigen et al. 2020 have the same prior with
    k = 1 and the label's own variances for P (so the authors' code), and take the mode, (...) / (N_v + 2 D + 4). This
    differs, for labels of few words, for three reasons: with 1,000 neurons and 100 words the mode has a twentieth of
    the variance there is; the posterior mean does not depend on how many neurons there are, so that leaving some out
    is the same as never having had them; and a prior worth one word lets the covariances of 20 neurons overfit.

    What is known of the chosen neurons is kept as the first rows of each covariance's Cholesky factor.

    Args:
        values: (N, D) floats, standardised.
        y: int64 (N,), every label from 0 to V - 1 at least once.
        capacity: how many neurons will be chosen.

    Attributes:
        means: float64 (V, D).
        variances: float64 (V, D), given the chosen neurons.
        factor: float64 (V, capacity, D), the rows of the Cholesky factors; 0 after the first ``chosen``.
        chosen: how many neurons are.
        constant: bool (D,), the neurons that never change; they tell nothing.
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
        self.chosen = 0

    def choose(self, neuron: int) -> None:
        """Condition on one more neuron."""
        products = torch.stack([group.T @ group[:, neuron] for group in self._centred])  # (V, D)
        rows = self.factor[:, : self.chosen]
        known = torch.einsum("vk,vkd->vd", rows[:, :, neuron], rows)
        row = (self._shrunk(products) - known) / self.variances[:, neuron, None].sqrt()
        self.factor[:, self.chosen] = row
        self.variances = (self.variances - row.square()).clamp_min(FLOOR)
        self.chosen += 1

    def _shrunk(self, scatter: Tensor) -> Tensor:
        """Covariances of every label, (V, D), from its scatter and that of all labels."""
        pooled = scatter.sum(dim=0) / self._sizes.sum()
        return (PRIOR_WORDS * pooled + scatter) / (PRIOR_WORDS + self._sizes)


class Words:
    """Words whose labels the Gaussians tell, and what the chosen neurons have told so far.

    Args:
        values: (n, D) floats, standardised like those the Gaussians have seen.
        y: int64 (n,), from 0 to V - 1.
        prior: float64 (V,), the probabilities of the labels.
        gaussians: of the labels; they grow with what the words take in.

    Attributes:
        log_prior: float64 (V,), in nats.
        capacity: how many neurons can be chosen.
    """

    def __init__(self, values: Tensor, y: Tensor, prior: Tensor, gaussians: Conditionals) -> None:
        self.values, self.y, self.gaussians, self.log_prior = values, y, gaussians, prior.log()
        labels, self.capacity, _ = gaussians.factor.shape
        self._joint = self.log_prior.to(values.dtype)[:, None].repeat(1, len(y))  # (V, n): log p(v, chosen neurons)
        self._white = values.new_zeros(labels, len(y), self.capacity)  # the chosen, uncorrelated, with variance 1
        self._factor = values.new_zeros(gaussians.factor.shape)

    def choose(self, neuron: int) -> None:
        """Take in one more neuron, here and in the Gaussians."""
        variance = self.gaussians.variances[:, neuron, None].to(self.values.dtype)  # (V, 1)
        mean = self.gaussians.means[:, neuron, None].to(self.values.dtype)
        known = torch.einsum("vnk,vk->vn", self._white, self._factor[:, :, neuron])
        white = (self.values[:, neuron] - mean - known) / variance.sqrt()
        self._joint -= (white.square() + variance.log()) / 2
        self._white[:, :, self.gaussians.chosen] = white
        self.gaussians.choose(neuron)
        self._factor[:, self.gaussians.chosen - 1] = self.gaussians.factor[:, self.gaussians.chosen - 1].to(white.dtype)

    def log_likelihoods(self) -> Tensor:
        """Every neuron's, were it the next: log p(label | chosen neurons, this one), summed over words of a label.

        Returns:
            float64 (V, D), in nats.
        """
        labels, neurons = self.gaussians.means.shape
        inverse = self.gaussians.variances.rsqrt()
        offset = (self.gaussians.means * inverse)[:, None].to(self.values.dtype)
        scale, log_scale = inverse[:, None].to(self.values.dtype), inverse.log()[:, None].to(self.values.dtype)
        factor = self._factor[:, : self.gaussians.chosen] * scale
        sums = torch.zeros(labels, neurons, dtype=torch.float64, device=self.values.device)
        size = max(1, ELEMENTS // (labels * neurons))
        for start in range(0, len(self.y), size):
            words = slice(start, start + size)
            joint = torch.addcmul(-offset, self.values[words], scale)  # (V, words, D)
            if self.gaussians.chosen:
                joint.baddbmm_(self._white[:, words, : self.gaussians.chosen], factor, alpha=-1)
            joint.square_().mul_(-0.5).add_(log_scale).add_(self._joint[:, words, None])
            own = joint.gather(0, self.y[words][None, :, None].expand(1, -1, neurons))[0]
            own -= torch.logsumexp(joint, dim=0)
            sums += members(self.y[words], labels, sums) @ own.to(torch.float64)
        return sums
