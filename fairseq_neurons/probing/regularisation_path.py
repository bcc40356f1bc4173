"""Fit probes for a grid of penalties, each fit warm-started at its neighbour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.estimator import ElasticNetProbe


def regularisation_path(
    design: Design,
    y: np.ndarray,
    l1: Sequence[float],
    l2: Sequence[float],
    probe: ElasticNetProbe,
    done: int = 0,
) -> Iterator[ElasticNetProbe]:
    """Fit a probe for every pair of penalties (Dalvi et al. 2019, Figure 2), from the strongest to the weakest.

    A fit starts at the weights of the last one and reuses its estimate of the curvature.

    Args:
        design: values of the neurons, (N, D).
        y: (N,) labels.
        l1: values of lambda_1.
        l2: values of lambda_2.
        probe: the probe that is fitted repeatedly; its other settings stay as they are.
        done: number of pairs, in the order of `path_order`, that have been fitted; the probe is as they left it.

    Yields:
        The same probe after every fit; copy what you want to keep.
    """
    for strength, ridge in path_order(l1, l2)[done:]:
        yield probe.set_params(warm_start=True, l1=strength, l2=ridge).fit(design, y)


def path_order(l1: Sequence[float], l2: Sequence[float]) -> list[tuple[float, float]]:
    """All pairs of penalties in the order in which they are fitted, without repeats.

    >>> path_order([1, 2], [3, 4])
    [(2, 4), (2, 3), (1, 3), (1, 4)]
    """
    # In alternating directions, so that consecutive fits are neighbours on the grid.
    rows = enumerate(sorted(l1, reverse=True))
    pairs = ((strength, ridge) for i, strength in rows for ridge in sorted(l2, reverse=i % 2 == 0))
    return list(dict.fromkeys(pairs))
