"""The recipe of the authors' code: for comparison, not for use."""

from __future__ import annotations

import torch
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.multinomial_loss import Multinomial
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.solvers.certified_solver import Watch

BATCH = 512
EPOCHS = 10


def authors_recipe(
    design: Design,
    loss: Multinomial,
    penalty: ElasticNet,
    seed: int,
    batch: int = BATCH,
    epochs: int = EPOCHS,
    watch: Watch | None = None,
) -> tuple[Tensor, Tensor]:
    """Adam at its default rate on shuffled batches, plus l1 ||theta||_1 + l2 ||theta||_2, the latter not squared.

    As NeuroX (Dalvi et al. 2019b) does it: no weight becomes exactly 0, and it stops far from any optimum.

    Args:
        design: the neurons.
        loss: the labels; words must weigh the same.
        penalty: its two numbers.
        seed: of the first weights and of the batches.
        batch: words a batch.
        epochs: how often every word is seen.
        watch: called with the weights and the bias after every epoch.

    Returns:
        Weights (L, D) and bias (L,).
    """
    words, neurons = design.shape
    model = _linear(neurons, loss.labels, seed, design)
    optimiser = torch.optim.Adam(model.parameters())
    shuffle = torch.Generator().manual_seed(seed)
    for _ in range(epochs):
        for chosen in torch.randperm(words, generator=shuffle).split(batch):
            optimiser.zero_grad()
            scores = model(design.rows_at(chosen.numpy()))
            penalties = penalty.l1 * model.weight.abs().sum() + penalty.l2 * model.weight.norm(2)
            (torch.nn.functional.cross_entropy(scores, loss.y[chosen]) + penalties).backward()
            optimiser.step()
        if watch is not None:
            watch(model.weight.detach(), model.bias.detach())
    return model.weight.detach(), model.bias.detach()


def _linear(neurons: int, labels: int, seed: int, design: Design) -> torch.nn.Linear:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return torch.nn.Linear(neurons, labels, dtype=design.dtype).to(design.device)
