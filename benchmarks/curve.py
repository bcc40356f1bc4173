"""A whole ablation curve by ``fairseq-neurons-ablate`` against one ``fairseq-generate`` process per point.

python -m benchmarks.curve CHECKPOINT DATA RANKING [--subset test] [--points 10] [--share 0.2]

The peer is fairseq's command with our mask flags and fairseq's own search: one process after another on all threads,
and two at a time on one thread each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from fairseq_neurons.rankings import Ranking
from fairseq_neurons.shipped_folders import user_dir

BIN = Path(sys.executable).parent
# The command as it would be without our search.
STOCK = """
from fairseq.sequence_generator import SequenceGenerator
from fairseq_neurons.plugin import tasks
tasks.SharedStatesGenerator = SequenceGenerator
from fairseq_cli.generate import cli_main
cli_main()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("checkpoint", "data", "ranking"):
        parser.add_argument(name)
    parser.add_argument("--subset", default="test")
    parser.add_argument("--points", type=int, default=10, help="number of points of each order, top and bottom")
    parser.add_argument("--share", type=float, default=0.2, help="share of the neurons masked at the last point")
    options = parser.parse_args()
    neurons = len(Ranking.load(options.ranking).order)
    points = [max(1, round(neurons * options.share * i / options.points)) for i in range(1, options.points + 1)]
    print(f"{2 * len(points)} points of {neurons} neurons: top and bottom {points}")
    with tempfile.TemporaryDirectory() as folder:
        ours, scores = ablate(options, points, Path(folder) / "curve")
    print(f"fairseq-neurons-ablate: {ours:.1f} s, {ours / (2 * len(points)):.2f} s a point", flush=True)
    jobs = [(order, count) for order in ("top", "bottom") for count in points]
    for workers, threads in ((1, os.cpu_count() or 1), (2, 1)):
        start = time.perf_counter()
        with ThreadPoolExecutor(workers) as pool:
            theirs = list(pool.map(partial(generate, options, threads), jobs))
        seconds = time.perf_counter() - start
        print(
            f"fairseq-generate, {workers} at a time, {threads} threads: {seconds:.1f} s, "
            f"{seconds / len(jobs):.2f} s a point; the curve is {seconds / ours:.1f} times as fast",
            flush=True,
        )
    for job, bleu in zip(jobs, theirs, strict=True):
        print(f"  {job[0]} {job[1]}: {scores[job]:.2f}, fairseq-generate {bleu}")


def environment(threads: int) -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "PASSIVE", "PYTHONWARNINGS": "ignore"}


def ablate(options: argparse.Namespace, points: list[int], out: Path) -> tuple[float, dict[tuple[str, int], float]]:
    """Seconds of the command, and its BLEU by order and point."""
    command = [
        *(str(BIN / "fairseq-neurons-ablate"), f"checkpoint={options.checkpoint}", f"data={options.data}"),
        *(f"subset={options.subset}", f"rankings=[{options.ranking}]", f"points={points}".replace(" ", "")),
        *("order=[top,bottom]", f"out={out}"),
    ]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment(os.cpu_count() or 1))
    seconds = time.perf_counter() - start
    lines = [json.loads(line) for line in (out / "curve.jsonl").read_text(encoding="utf-8").splitlines()]
    return seconds, {(line["order"], line["neurons"]): line["score"] for line in lines}


def generate(options: argparse.Namespace, threads: int, job: tuple[str, int]) -> str:
    """BLEU that ``fairseq-generate`` prints."""
    order, count = job
    flags = [
        *(options.data, "--user-dir", str(user_dir()), "--task", "translation_neurons", "--path", options.checkpoint),
        *("--gen-subset", options.subset, "--mask-ranking", options.ranking, f"--mask-{order}", str(count)),
    ]
    done = subprocess.run(
        [sys.executable, "-c", STOCK, *flags], check=True, capture_output=True, text=True, env=environment(threads)
    )
    return done.stdout.strip().rpartition("BLEU4 = ")[2].partition(",")[0]


if __name__ == "__main__":
    main()
