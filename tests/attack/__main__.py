"""``make attack``: thousands of mutated files and hundreds of killed commands; a table, and every case as JSON.

    python -m tests.attack [--cases N] [--kills N] [--seed N] [--jobs N] [--out FOLDER]

A campaign that was interrupted resumes: cases that are in its report are not run again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import torch
from tabulate import tabulate

from fairseq_neurons import __version__
from tests.attack.attacked_world import write_world
from tests.attack.guarded_case import FAULTS, PROMISED
from tests.attack.mutated_files import Trial, all_readers, expected_numbers, run_cases, table


def main() -> int:
    """Run what is missing of a campaign; the exit status is 1 if there is a fault."""
    parser = argparse.ArgumentParser(prog="make attack", description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=10_000, help="mutated files")
    parser.add_argument("--seed", type=int, default=1, help="of all cases")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--out", type=Path, default=Path("runs/attack"), help="folder of the report")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    log = options.out / f"files.seed{options.seed}.jsonl"
    start = time.monotonic()
    attack_files(log, options.cases, options.seed, options.jobs)
    return summed_up(read(log)[: options.cases], options.out, options.seed, time.monotonic() - start)


def attack_files(log: Path, cases: int, seed: int, jobs: int) -> None:
    """Run the cases that the log lacks, in some processes that each append to it."""
    done = {trial.case for trial in read(log)}
    missing = [number for number in range(cases) if number not in done]
    if not missing:
        return
    with tempfile.TemporaryDirectory(prefix="attack-") as name:
        folder = Path(name)
        world = folder / "world"
        world.mkdir()
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            write_world(world)
            expected = expected_numbers(world, folder / "expected", all_readers())
        children = []
        for job in range(jobs):
            if (child := os.fork()) == 0:
                status = 1
                try:
                    with open(log, "a", encoding="utf-8", buffering=1) as file:
                        for trial in run_cases(world, folder / f"copy{job}", seed, missing[job::jobs], expected):
                            file.write(json.dumps(trial._asdict()) + "\n")
                    status = 0
                finally:
                    os._exit(status)
            children.append(child)
        _wait(children, log, cases)


def _wait(children: list[int], log: Path, cases: int) -> None:
    """Show progress until all processes have ended."""
    start, before, waiting = time.monotonic(), len(read(log)), set(children)
    while waiting:
        time.sleep(2)
        for child in [*waiting]:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                waiting.remove(child)
                if status:
                    raise SystemExit(f"a process of the campaign ended with status {status}")
        trials = read(log)
        faults = sum(trial.outcome in FAULTS for trial in trials)
        rate = (len(trials) - before) / (time.monotonic() - start)
        sys.stderr.write(f"\r{len(trials)} of {cases} cases, {faults} faults, {rate:.1f} a second ")
    sys.stderr.write("\n")


def read(log: Path) -> list[Trial]:
    """The trials of a log, in the order of their numbers; a line that was cut short is left out."""
    lines = log.read_text(encoding="utf-8").split("\n")[:-1] if log.exists() else []
    return sorted(Trial(**json.loads(line)) for line in lines)


def summed_up(trials: list[Trial], out: Path, seed: int, seconds: float) -> int:
    """Print the table and the faults, and write the report."""
    rows = table(trials)
    seen = [name for name in (*PROMISED, *FAULTS) if any(name in row for row in rows)]
    counts = Counter(trial.outcome for trial in trials)
    rows.append({"format": "all", "cases": len(trials), **counts})
    shown = [[row["format"], row["cases"], *(row.get(name, 0) for name in seen)] for row in rows]
    faults = [trial for trial in trials if trial.outcome in FAULTS]
    for fault in faults[:50]:
        sys.stdout.write(f"{json.dumps(fault._asdict())}\n")
    sys.stdout.write(f"{tabulate(shown, ['format', 'cases', *seen])}\n{len(faults)} faults, {seconds:.0f} s\n")
    report = {"version": __version__, "seed": seed, "formats": rows, "faults": [fault._asdict() for fault in faults]}
    (out / f"report.seed{seed}.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
