"""One way to write a number that was measured several times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev


def mean_and_spread(values: Sequence[float], digits: int = 2) -> str:
    """Format the mean ± standard deviation of repeated measurements.

    The spread is shown if there are at least two values and all of them are finite; otherwise only the mean is.

    >>> mean_and_spread([9.5, 10.5]), mean_and_spread([10.0, 10.0]), mean_and_spread([10.0])
    ('10.00 ± 0.71', '10.00 ± 0.00', '10.00')
    >>> mean_and_spread([10.0, math.inf])
    'inf'

    Args:
        values: at least one.
        digits: after the decimal point.
    """
    mean = f"{fmean(values):.{digits}f}"
    if len(values) < 2 or not all(map(math.isfinite, values)):
        return mean
    return f"{mean} ± {stdev(values):.{digits}f}"
