"""One way to write a share, and a number that was measured several times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev


def percent(share: float | None) -> str:
    """Format a share in percent.

    >>> percent(0.9587), percent(None)
    ('95.9', '-')
    """
    return "-" if share is None else f"{100 * share:.1f}"


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
