"""Paired timings: the two sides alternate, so that other load on the machine affects both."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable


def paired(
    ours: Callable[[], object],
    peer: Callable[[], object],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[float, float, list[float]]:
    """Seconds of each side (medians over the rounds after one warm-up) and the ratio ours / peer of every round."""
    times: tuple[list[float], list[float]] = ([], [])
    for round_ in range(rounds + 1):
        for side, function in enumerate((ours, peer) if round_ % 2 else (peer, ours)):
            start = clock()
            function()
            seconds = clock() - start
            if round_:
                times[side if round_ % 2 else 1 - side].append(seconds)
    ratios = [a / b for a, b in zip(*times, strict=True)]
    return statistics.median(times[0]), statistics.median(times[1]), ratios


def report(what: str, ours: float, peer: float, ratios: list[float]) -> None:
    """One line: medians and the spread of the ratio."""
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"{what}: {ours:.3f} s / {peer:.3f} s, ratio {middle:.3f} (min {low:.3f}, max {high:.3f})", flush=True)


def peak_memory(code: str) -> float:
    """Peak memory in MiB of a new Python process that runs some code."""
    # ru_maxrss would include the memory of this process at the fork.
    measure = "\nprint('PEAK', next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
    done = subprocess.run([sys.executable, "-c", code + measure], capture_output=True, text=True, check=True)
    return int(done.stdout.split("PEAK")[1]) / 1024
