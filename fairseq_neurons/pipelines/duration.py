"""Durations for readers."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """A duration in the unit that suits it.

    >>> duration(7.2), duration(89), duration(200), duration(3.1 * 3600)
    ('7 s', '89 s', '3 min', '3.1 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"
