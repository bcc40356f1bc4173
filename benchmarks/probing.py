"""Time to an objective, memory, and a grid of penalties: ``ElasticNetProbe`` against its peers on one problem.

python -m benchmarks.probing [--words 40000] [--neurons 1000] [--classes 40] [--skip saga recipe512 recipe32 lbfgsb]
python -m benchmarks.probing --activations DUMP --labels FILE [--saga-passes 20]
python -m benchmarks.probing --memory | --grid

On a busy machine, set OMP_WAIT_POLICY=PASSIVE: otherwise threads that wait for each other keep a core busy.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from benchmarks.probing_peers import Problem, Trace, lbfgsb, recipe, saga
from benchmarks.timing import peak_memory, report
from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.regularisation_path import regularisation_path
from fairseq_neurons.storage.files import stream_lines

PEERS = ("saga", "recipe512", "recipe32", "lbfgsb")
WITHIN = 1e-3
LATENT = 300
IMPORTS = "import numpy as np, torch; from fairseq_neurons.probing.estimator import ElasticNetProbe; "


def made(words: int, neurons: int, classes: int, seed: int, signal: float = 6.0) -> tuple[np.ndarray, np.ndarray]:
    """States and labels that look like a model's: correlated, saturating neurons, few frequent and many rare labels.

    Neurons are tanh of a mixture of 300 causes, whose strengths fall as rank^-1/2, plus noise. Labels are drawn from a
    softmax of other mixtures of the same causes, on top of Zipf's frequencies.

    Args:
        words: N.
        neurons: D.
        classes: L.
        seed: of all of it.
        signal: standard deviation of a label's score; the larger, the more certain are the labels.

    Returns:
        float32 (N, D), and int64 (N,) from 0 on.
    """
    generator = np.random.default_rng(seed)
    causes = generator.standard_normal((words, LATENT)).astype(np.float32)
    mixing = generator.standard_normal((LATENT, neurons)) * (1 + np.arange(LATENT))[:, None] ** -0.5
    mixing = (mixing / np.linalg.norm(mixing, axis=0)).astype(np.float32)
    noise = generator.standard_normal((words, neurons), dtype=np.float32)
    offset = generator.standard_normal(neurons, dtype=np.float32)
    values = np.tanh(causes @ mixing + 0.3 * noise + 0.5 * offset)
    reading = generator.standard_normal((LATENT, classes)).astype(np.float32)
    scores = causes @ (signal * reading / np.linalg.norm(reading, axis=0)) - np.log(1 + np.arange(classes))
    labels = (scores + generator.gumbel(size=scores.shape)).argmax(axis=1)
    return values, np.unique(labels, return_inverse=True)[1]


def dumped(folder: Path, labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """The map of a dump, and the labels of its words: one sentence a line, blanks between them."""
    dump = Activations(folder)
    kept: list[str] = []
    for line, rows in zip(stream_lines(labels, "label file"), np.diff(dump.offsets), strict=True):
        found = line.split()
        if rows and len(found) != rows:
            raise SystemExit(f"{labels}: a sentence of {rows} words has {len(found)} labels.")
        kept += found if rows else []
    return dump.values, np.unique(kept, return_inverse=True)[1]


def ours(problem: Problem, tolerance: float) -> tuple[ElasticNetProbe, Trace]:
    """A fit and its trace."""
    probe = ElasticNetProbe(problem.l1, problem.l2, tolerance=tolerance)
    trace = Trace(f"ElasticNetProbe, {tolerance:g}", problem)
    probe.fit(problem.values, problem.y, watch=trace)
    return probe, trace


def race(problem: Problem, options: argparse.Namespace) -> None:
    """All methods one after the other, ours before and after the peers."""
    exact, before = ours(problem, WITHIN / 10)
    bound = exact.objective_ - exact.gap_
    target = bound / (1 - WITHIN)
    print(f"optimum: between {bound:.6f} and {exact.objective_:.6f}\n")
    print(f"{'':<24}seconds  objective  above  points  zeros")
    table(before, bound)
    peers = {
        "saga": lambda: saga(problem, options.saga_passes),
        "recipe512": lambda: recipe(problem, 512),
        "recipe32": lambda: recipe(problem, 32),
        "lbfgsb": lambda: lbfgsb(problem, target, options.limit),
    }
    traces = {}
    for name in PEERS:
        if name not in options.skip:
            traces[name] = peers[name]()
            table(traces[name], bound)
    probe, after = ours(problem, WITHIN)
    table(after, bound)
    print(f"\ncertified gap {probe.gap_ / probe.objective_:.1e} after {probe.n_iter_} steps and {after.seconds:.2f} s")
    print(f"certified gap {exact.gap_ / exact.objective_:.1e} after {exact.n_iter_} steps and {before.seconds:.2f} s\n")
    for name, trace in traces.items():
        objective = target if name == "lbfgsb" else trace.objective
        claim = f"within {WITHIN:g} of the optimum, {trace.name}" if name == "lbfgsb" else f"objective of {trace.name}"
        peer = trace.reaching(objective)
        if peer == float("inf"):
            peer, claim = trace.seconds, claim + " (which ended without)"
        seconds = [each.reaching(objective) for each in (before, after)]
        report(claim, float(np.median(seconds)), peer, [each / peer for each in seconds])


def table(trace: Trace, bound: float) -> None:
    """One line; ``above``: the optimum, as a share of the objective, at most."""
    above = (trace.objective - bound) / trace.objective
    line = f"{trace.name:<24}{trace.seconds:7.2f}  {trace.objective:9.6f}  {above:.0e}  {len(trace.points):6d}"
    print(f"{line}  {trace.zeros:5.3f}", flush=True)


def memory(problem: Problem, options: argparse.Namespace) -> None:
    """Peak memory of a fit to values on disk, in a separate process."""
    with tempfile.TemporaryDirectory() as folder:
        values, labels = Path(folder) / "values.npy", Path(folder) / "labels.npy"
        np.save(labels, problem.y)
        if options.activations:
            values = options.activations / "activations.npy"
        else:
            np.save(values, problem.values)
        fit = f"torch.set_num_threads({options.threads}); ElasticNetProbe({problem.l1}, {problem.l2})"
        fit += f".fit(np.load({str(values)!r}, mmap_mode='r'), np.load({str(labels)!r}))"
        peak, imports = peak_memory(IMPORTS + fit), peak_memory(IMPORTS)
        size = values.stat().st_size / 2**20
    print(f"peak memory: {peak - imports:.0f} MiB above the {imports:.0f} of the imports; {size:.0f} MiB of values")


def grid(problem: Problem, tolerance: float) -> None:
    """Every pair of 1e-1 .. 1e-7 against one fit at 1e-5 without a warm start, before and after."""
    penalties = [10.0**-exponent for exponent in range(1, 8)]
    single = [fit_seconds(problem)]
    cells, probe = [], ElasticNetProbe(tolerance=tolerance)
    start = time.perf_counter()
    for fitted in regularisation_path(Design(problem.values), problem.y, penalties, penalties, probe):
        cells.append(time.perf_counter() - start)
        gap = fitted.gap_ / fitted.objective_
        cell = f"l1={fitted.l1:.0e} l2={fitted.l2:.0e}"
        print(f"{cell}: {fitted.n_iter_:3d} steps, {cells[-1]:6.2f} s, gap {gap:.0e}", flush=True)
        start = time.perf_counter()
    single.append(fit_seconds(problem))
    report("7 x 7 grid / a single fit", sum(cells), float(np.median(single)), [sum(cells) / each for each in single])


def fit_seconds(problem: Problem) -> float:
    """Seconds of one fit."""
    start = time.perf_counter()
    ElasticNetProbe(1e-5, 1e-5, tolerance=WITHIN).fit(problem.values, problem.y)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=40_000)
    parser.add_argument("--neurons", type=int, default=1000)
    parser.add_argument("--classes", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--activations", type=Path, help="a dump, instead of synthetic states")
    parser.add_argument("--labels", type=Path, help="the labels of its words")
    parser.add_argument("--l1", type=float, default=1e-5)
    parser.add_argument("--l2", type=float, default=1e-5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=float, default=300, help="seconds for L-BFGS-B")
    parser.add_argument("--saga-passes", type=int, default=20)
    parser.add_argument("--skip", nargs="*", choices=PEERS, default=[])
    parser.add_argument("--memory", action="store_true", help="the memory of our fit only")
    parser.add_argument("--grid", action="store_true", help="the grid only")
    parser.add_argument(
        "--grid-tolerance", type=float, default=WITHIN, help="tolerance of the cells (single fit: 1e-3)"
    )
    options = parser.parse_args()
    if (options.activations is None) != (options.labels is None):
        parser.error("--activations and --labels go together")
    torch.set_num_threads(options.threads)
    with threadpool_limits(options.threads):
        if options.activations:
            values, labels = dumped(options.activations, options.labels)
        else:
            values, labels = made(options.words, options.neurons, options.classes, options.seed)
        size = " x ".join(map(str, (*values.shape, labels.max() + 1)))
        print(f"{size} labels, l1={options.l1:g}, l2={options.l2:g}, {options.threads} threads", flush=True)
        problem = Problem(values, labels, options.l1, options.l2)
        if options.grid:
            grid(problem, options.grid_tolerance)
        if not (options.grid or options.memory):
            race(problem, options)
        if options.memory or not options.grid:
            memory(problem, options)


if __name__ == "__main__":
    main()
