"""Curves as tables: the same numbers as in the figures, with their p-values."""

from __future__ import annotations

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_lines import LinePoint, least_p_value, line_names, short_names
from fairseq_neurons.ablation.curve_records import Choice
from fairseq_neurons.number_format import mean_and_spread
from fairseq_neurons.page.html_tables import DASH, Cell, Table, is_least, p_value, printed, row, signed


def curve_table(curve: Curve) -> Table:
    """Scores by number of masked neurons, a column a ranking and order; random orders as mean ± standard deviation."""
    least = {
        point.least_p_value
        for line in curve.lines
        for point in line.points
        if point.neurons and point.p_value is not None and point.least_p_value is not None
        if is_least(point.p_value, point.least_p_value)
    }
    rows = [
        row(_count(count, share), [_cell(line.at(count)) for line in curve.lines])
        for count, share in curve.shares.items()
    ]
    return Table(
        f"{curve.metric.title} by neurons masked ({curve.name})",
        ["Neurons", *line_names(curve.lines)],
        rows,
        "p-values compare with the unablated model and are not corrected for their number; of random orders the "
        "largest is given." + "".join(map(_of_the_least, sorted(least))),
    )


def comparison_table(curve: Curve) -> Table | None:
    """Paired tests between rankings, and between orders of a ranking; None if there are none."""
    found = [(one, one.against) for one in curve.comparisons if one.against]
    names = short_names(sorted({choice.ranking for one, against in found for choice in (one.choice, against)}))
    rows = [
        row(
            str(one.neurons),
            [
                _name(names, one.choice),
                _name(names, against),
                DASH if one.result.difference is None else signed(one.result.difference),
                p_value(one.result.p_value, bare=True, least=least_p_value(one.signature)),
            ],
        )
        for one, against in found
    ]
    header = ["Neurons", "These", "Against", "Difference", "p"]
    return Table(f"Paired comparisons ({curve.name})", header, rows) if rows else None


def _of_the_least(least: float) -> str:
    samples = round(1 / least) - 1
    return f" ≤ 1/{samples + 1:,} is the least that {samples:,} samples can show: none of them was as extreme."


def _count(count: int, share: str) -> str:
    """How many neurons, as a share too if it was asked for as one."""
    return f"{count} ({share})" if share.endswith("%") else str(count)


def _name(names: dict[str, str], choice: Choice) -> str:
    seed = "" if choice.seed is None else f" {choice.seed}"
    return f"{names[choice.ranking]}, {choice.order}{seed}"


def _cell(point: LinePoint | None) -> Cell:
    if point is None:
        return Cell("")
    note = "" if point.p_value is None or not point.neurons else p_value(point.p_value, least=point.least_p_value)
    return Cell(printed(mean_and_spread(point.scores)), note)
