"""The curve as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePath
from statistics import fmean, stdev

from tabulate import tabulate

from fairseq_neurons.ablation.ablation_settings import ORDERS
from fairseq_neurons.storage.results_log import Entry

LEVEL = 0.05
MARK = "°"

Column = tuple[str, str]


def table(curve: Sequence[Entry]) -> str:
    """Scores by number of clamped neurons; random orders as mean ± standard deviation over their seeds.

    Args:
        curve: the points, with their p-values.
    """
    cells: dict[tuple[int, Column], list[Entry]] = defaultdict(list)
    for entry in curve:
        cells[entry["neurons"], _column(entry)].append(entry)
    counts = sorted({count for count, _ in cells})
    columns = sorted({column for _, column in cells}, key=lambda column: (ORDERS.index(column[1]), column[0]))
    columns.sort(key=lambda column: column[1] == "random")
    rows = [[count, *(_cell(count, cells.get((count, column), ())) for column in columns)] for count in counts]
    names = short_names([ranking for ranking, _ in columns if ranking])
    headers = [f"{names[ranking]}, {order}" if ranking else order for ranking, order in columns]
    metric = curve[0]["metric"]
    shown = tabulate(rows, ["neurons", *headers], stralign="right", disable_numparse=True)
    return f"{metric}\n{shown}\n{MARK} no significant difference from the unablated model (p >= {LEVEL})"


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """What tells paths apart: without the folders and endings that all of them have.

    >>> short_names(["runs/pos/ranking.json", "runs/morph/ranking.json"])
    {'runs/pos/ranking.json': 'pos', 'runs/morph/ranking.json': 'morph'}
    """
    parts = {path: list(PurePath(path).with_suffix("").parts) for path in paths}
    for end in (0, -1):
        while all(len(left) > 1 for left in parts.values()) and len({left[end] for left in parts.values()}) == 1:
            for left in parts.values():
                del left[end]
    return {path: "/".join(left) for path, left in parts.items()}


def _column(entry: Entry) -> Column:
    # Random orders do not depend on the ranking.
    return ("" if entry["order"] == "random" else entry["ranking"]), entry["order"]


def _cell(count: int, entries: Sequence[Entry]) -> str:
    by_seed = {entry["seed"]: entry for entry in entries}
    scores = [entry["score"] for entry in by_seed.values()]
    if not scores or None in scores:
        return "inf" if scores else ""
    spread = f" ± {stdev(scores):.2f}" if len(scores) > 1 else ""
    doubtful = count and any(entry["p_value"] >= LEVEL for entry in by_seed.values())
    return f"{fmean(scores):.2f}{spread}{MARK if doubtful else ' '}"
