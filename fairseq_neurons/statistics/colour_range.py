"""Which values the colours of a neuron's words span."""

from __future__ import annotations

import numpy as np

# Fewer words than this share at either end do not count: a single outlier must not hide the rest.
TAIL = 0.05
# A neuron whose values differ by less than this share of their size is far from zero.
NEAR = 0.5


def colour_range(values: np.ndarray) -> tuple[float, float]:
    """The values at which the colours end, with the plain one in the middle.

    They are the largest absolute value, on both sides of zero. Only for a saturated neuron, whose values all lie far
    from zero on one side, they are its own: the 5th and the 95th percentile. Its words would otherwise all look alike.

    Args:
        values: (N,) floats, at least one.

    >>> colour_range(np.array([-1.0, 0.5])), colour_range(np.array([0.9, 1.0, 0.9, 1.0] * 20))
    ((-1.0, 1.0), (0.9, 1.0))
    """
    low, high = np.quantile(values, [TAIL, 1 - TAIL]).tolist()
    near, far = sorted((abs(low), abs(high)))
    if low * high > 0 and low < high and near >= NEAR * far:
        return low, high
    largest = float(np.abs(values).max())
    return -largest, largest
