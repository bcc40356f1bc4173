"""Fit probes for a grid of penalties, each fit warm-started at its neighbour."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.estimator import ElasticNetProbe


def regularisation_path(
    design: Design,
    y: np.ndarray,
    l1: Sequence[float],
    l2: Sequence[float],
    probe: ElasticNetProbe,
    skip: Callable[[float, float], bool] = lambda l1, l2: False,
) -> Iterator[ElasticNetProbe]:
    """Fit a probe for every pair of penalties (Dalvi et al. 2019, Figure 2), from the strongest to the weakest.

    A fit starts at the weights of the last one and reuses its estimate of the curvature.

    Args:
        design: values of the neurons, (N, D).
        y: (N,) labels.
        l1: values of lambda_1.
        l2: values of lambda_2.
        probe: the probe that is fitted repeatedly; its other settings stay as they are.
        skip: called with the values of l1 and l2; the pair is not fitted if it returns True.

    Yields:
        The same probe after every fit; copy what you want to keep.
    """
    rows = sorted(l1, reverse=True)
    for i, strength in enumerate(rows):
        # In alternating directions, so that consecutive fits are neighbours on the grid.
        for ridge in sorted(l2, reverse=i % 2 == 0):
            if not skip(strength, ridge):
                yield probe.set_params(warm_start=True, l1=strength, l2=ridge).fit(design, y)
