"""Probes for many penalties, each begun where its neighbour ended."""

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

    A fit begins at the weights of the last one and takes over its model of the curvature.

    Args:
        design: the neurons, (N, D).
        y: (N,) labels.
        l1: values of lambda_1.
        l2: values of lambda_2.
        probe: what is fitted, again and again: its tolerance, its class weights.
        skip: told the pair; one that is skipped is not fitted.

    Yields:
        That probe after every fit; copy what is to last.
    """
    rows = sorted(l1, reverse=True)
    for i, strength in enumerate(rows):
        # Back and forth, so that neighbours in time are neighbours on the grid.
        for ridge in sorted(l2, reverse=i % 2 == 0):
            if not skip(strength, ridge):
                yield probe.set_params(warm_start=True, l1=strength, l2=ridge).fit(design, y)
