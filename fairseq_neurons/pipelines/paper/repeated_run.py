"""Compare a repeated run of an experiment with the first one.

Run as ``python -m fairseq_neurons.pipelines.paper.repeated_run FIRST.json SECOND.json``.

Both are summaries. Where a number has a spread over the models, the tables count how many are within that of the first
run.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median, stdev
from typing import NamedTuple

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.errors import InputError
from fairseq_neurons.number_format import mean_and_spread
from fairseq_neurons.pipelines.paper.claims import CLAIMS, counts, verdict
from fairseq_neurons.pipelines.paper.markdown_tables import KINDS, markdown
from fairseq_neurons.pipelines.paper.paper_curves import scores_of
from fairseq_neurons.pipelines.paper.published_numbers import FRACTIONS
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL
from fairseq_neurons.pipelines.paper.run_summary import ProbeSummary, RunSummary

ORDERS = ("top", "random", "bottom")


class Number(NamedTuple):
    """A number with a spread.

    Args:
        group: where the document has it.
        name: which one of these it is.
        first: of each model in the first run.
        second: the same in the second run.
    """

    group: str
    name: str
    first: list[float]
    second: list[float]

    @property
    def apart(self) -> float:
        """How far the means are from each other."""
        return abs(fmean(self.first) - fmean(self.second))

    def within(self, times: float = 1.0) -> bool:
        """Whether this is no more than the standard deviation over the first run's models."""
        return self.apart <= times * stdev(self.first)


def table(first: RunSummary, second: RunSummary) -> str:
    """How well the models do, how many numbers are within the first run's spread, and the claims, of both runs.

    Raises:
        InputError: if they are not the same experiment, or no kind has several models.
    """
    found = list(numbers(first, second))
    singles = [number for number in found if number.group in ("Models", "Table 1")]
    rows = [
        [*number[:2], mean_and_spread(number.first, 2), mean_and_spread(number.second, 2), _word(number.within())]
        for number in singles
    ]
    claims = [["claim", "first", "second", "first", "second"]]
    for claim, outcomes_of in CLAIMS.items():
        outcomes = [outcomes_of(summary) for summary in (first, second)]
        claims.append([claim, *map(counts, outcomes), *map(verdict, outcomes)])
    return "\n\n".join(
        [
            markdown(["", "", "first", "second", "within ±"], rows, text=2),
            markdown(["", "numbers", "within ±", "within 2 ±", "median difference", "largest"], _groups(found), text=1),
            markdown(claims[0], claims[1:], text=1),
        ]
    )


def numbers(first: RunSummary, second: RunSummary) -> Iterator[Number]:
    """All numbers that both have of several models of a kind, and that no number exceeds.

    Raises:
        InputError: as of `table`.
    """
    if first.run != second.run:
        raise InputError(f"{first.run} and {second.run} are not the same experiment.")
    ours, theirs = (_values(summary) for summary in (first, second))
    usable = [key for key, values in ours.items() if len(values) > 1 and key in theirs]
    if not usable:
        raise InputError(f"{first.run} has one model of a kind: there is no spread to compare with.")
    for key in usable:
        if all(map(math.isfinite, [*ours[key], *theirs[key]])):
            yield Number(*key, ours[key], theirs[key])


def _groups(found: Sequence[Number]) -> list[list[object]]:
    rows: list[list[object]] = []
    for group in dict.fromkeys(number.group for number in found):
        chosen = [number for number in found if number.group == group]
        apart = [number.apart for number in chosen]
        within = [sum(number.within(times) for number in chosen) for times in (1, 2)]
        rows.append([group, len(chosen), *within, f"{median(apart):.2f}", f"{max(apart):.2f}"])
    return rows


def _values(summary: RunSummary) -> dict[tuple[str, str], list[float]]:
    """By group and name, a value a model."""
    values: dict[tuple[str, str], list[float]] = {}
    for model, known in summary.models.items():
        kind = KINDS[known.kind]
        measured = [("Models", "validation perplexity", known.perplexity)]
        measured += _of_probes(summary, summary.probes.get(model, {}))
        measured += _of_curve(summary.curve(model)) if model in summary.curves else []
        for group, name, value in measured:
            values.setdefault((group, f"{kind} {name}"), []).append(value)
    return values


def _of_probes(summary: RunSummary, probes: Mapping[str, ProbeSummary]) -> Iterator[tuple[str, str, float]]:
    for task, title in summary.tasks.items():
        probe = probes.get(task)
        if probe is None:
            continue
        for name in ("accuracy", "control_accuracy", "selectivity"):
            yield "Table 1", f"{title} {name.replace('_', ' ')}", 100 * getattr(probe, name)
        for group, kind in (("Tables 2 and 5", "mask"), ("Tables 4 and 6", "retrain")):
            for fraction in FRACTIONS:
                for keep in ORDERS:
                    yield group, f"{title} {keep} {fraction:g}", 100 * probe.subset_accuracy(kind, keep, fraction)


def _of_curve(curve: Curve) -> Iterator[tuple[str, str, float]]:
    group, metric = "Figure 4" if curve.metric.higher_is_better else "Figure 5", curve.metric.axis
    for order in ORDERS:
        for count, scores in scores_of(curve, CROSS_MODEL, order).items():
            if count:
                yield group, f"{metric} {order} {count}", fmean(scores)
            elif order == "top":
                yield "Models", f"test {metric}", fmean(scores)


def _word(yes: bool) -> str:
    return "yes" if yes else "no"


def main(first: str, second: str) -> None:
    """Print the tables of two summaries."""
    found = table(*(RunSummary.read(Path(path)) for path in (first, second)))
    sys.stdout.write(found + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m fairseq_neurons.pipelines.paper.repeated_run FIRST.json SECOND.json")
    try:
        main(*sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
