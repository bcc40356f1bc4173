"""Curves as tables: the same numbers as in the figures, with their p-values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import inf
from statistics import fmean, stdev

from fairseq_neurons.ablation.curve_table import short_names
from fairseq_neurons.page.html_tables import DASH, Cell, Table, number, p_value, row, signed
from fairseq_neurons.runs.run_folder import Curve
from fairseq_neurons.storage.results_log import Entry

METRICS = {"bleu": "BLEU", "perplexity": "Perplexity", "control": "Translations that turned, percent"}
ORDERS = ("top", "bottom", "random")

Column = tuple[str, str]


def curve_table(curve: Curve) -> Table:
    """Scores by number of clamped neurons, a column a ranking and order; random orders as mean ± standard deviation."""
    cells: dict[tuple[int, Column], list[Entry]] = defaultdict(list)
    for point in curve.points:
        cells[point["neurons"], _column(point)].append(point)
    columns = sorted({column for _, column in cells}, key=lambda column: (ORDERS.index(column[1]), column[0]))
    shares = {point["neurons"]: str(point.get("share", "")) for point in curve.points}
    rows = [
        row(_count(count, shares[count]), [_cell(count, cells.get((count, column), ())) for column in columns])
        for count in sorted(shares)
    ]
    metric = METRICS.get(curve.settings["metric"], curve.settings["metric"])
    return Table(
        f"{metric} by neurons clamped ({curve.name})",
        ["Neurons", *_headers(columns)],
        rows,
        "p-values compare with the unablated model and are not corrected for their number; of random orders the "
        "largest is given.",
    )


def comparison_table(curve: Curve) -> Table | None:
    """Paired tests between rankings, and between orders of a ranking; None if there are none."""
    found = [entry for entry in curve.comparisons if entry.get("against")]
    names = short_names(sorted({entry["ranking"] for entry in (*found, *(entry["against"] for entry in found))}))
    rows = [
        row(
            str(entry["neurons"]),
            [
                _name(names, entry),
                _name(names, entry["against"]),
                DASH if entry.get("difference") is None else signed(entry["difference"]),
                p_value(entry["p_value"], bare=True),
            ],
        )
        for entry in found
    ]
    header = ["Neurons", "These", "Against", "Difference", "p"]
    return Table(f"Paired comparisons ({curve.name})", header, rows) if rows else None


def _count(count: int, share: str) -> str:
    """How many neurons, as a share too if it was asked for as one."""
    return f"{count} ({share})" if share.endswith("%") else str(count)


def _name(names: dict[str, str], entry: Entry) -> str:
    seed = "" if entry["seed"] is None else f" {entry['seed']}"
    return f"{names[entry['ranking']]}, {entry['order']}{seed}"


def _headers(columns: Sequence[Column]) -> list[str]:
    names = short_names([ranking for ranking, _ in columns if ranking])
    return [f"{names[ranking]}, {order}" if ranking else order for ranking, order in columns]


def _column(point: Entry) -> Column:
    # Random orders do not depend on the ranking.
    return ("" if point["order"] == "random" else point["ranking"]), point["order"]


def _cell(count: int, points: Sequence[Entry]) -> Cell:
    by_seed = {point["seed"]: point for point in points}
    if not by_seed:
        return Cell("")
    # One model that cannot be scored makes the mean infinite, as in the figure.
    scores = [inf if point["score"] is None else point["score"] for point in by_seed.values()]
    spread = f" ± {stdev(scores):.2f}" if len(set(scores)) > 1 and inf not in scores else ""
    tests = [point["p_value"] for point in by_seed.values() if point.get("p_value") is not None]
    return Cell(f"{number(fmean(scores))}{spread}", p_value(max(tests)) if count and tests else "")
