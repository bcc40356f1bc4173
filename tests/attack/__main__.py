"""``make attack``: thousands of mutated files and hundreds of killed commands; tables, and every case as JSON.

    python -m tests.attack [--files N] [--kills N] [--disks N] [--places N] [--seed N] [--jobs N] [--out FOLDER]

A campaign that was interrupted resumes: cases that are in its files are not run again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import torch
from tabulate import tabulate

from fairseq_neurons import __version__
from tests.attack.campaign import PARTS, read, run_part, table

COUNTS = {"files": 10_000, "kills": 200, "disks": 45, "places": 300}


def main() -> int:
    """Run what is missing of a campaign; the exit status is 1 if there is a fault."""
    parser = argparse.ArgumentParser(prog="make attack", description=__doc__.splitlines()[0])
    for part in PARTS:
        parser.add_argument(f"--{part.name}", type=int, default=COUNTS[part.name], help=part.run.__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of all cases")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--out", type=Path, default=Path("runs/attack"), help="folder of the report")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    report, faults = {}, []
    with tempfile.TemporaryDirectory(prefix="attack-") as folder:
        for part in PARTS:
            log, count = options.out / f"{part.name}.seed{options.seed}.jsonl", getattr(options, part.name)
            run_part(part, log, count, options.seed, options.jobs, Path(folder))
            rows = read(log)[:count]
            report[part.name] = table(part, rows)
            faults += [{"part": part.name, **row} for row in rows if row["outcome"] not in part.good]
    for fault in faults[:50]:
        sys.stdout.write(f"{json.dumps(fault)}\n")
    for found in report.values():
        sys.stdout.write(f"\n{tabulate(found[1:], found[0])}\n")
    sys.stdout.write(f"\n{len(faults)} faults\n")
    content = {"version": __version__, "seed": options.seed, "tables": report, "faults": faults}
    (options.out / f"report.seed{options.seed}.json").write_text(json.dumps(content, indent=1) + "\n")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
