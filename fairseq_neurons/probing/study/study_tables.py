"""Results as text, in the paper's layout."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Protocol

import numpy as np
from tabulate import tabulate

from fairseq_neurons.number_format import percent
from fairseq_neurons.probing.ablation_table import KEEPS, KINDS, AblationTable
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.result_parts import DifferenceRow, GridCell, MethodComparison, OtherProbe
from fairseq_neurons.probing.study.shared_neurons import ABOVE_CHANCE, strongly_shared
from fairseq_neurons.terminal_text import shown

STRONGEST, NAMED = 5, 3
# Marks a probe that stopped before its tolerance was reached.
UNFINISHED = "*"


class Bounded(Protocol):
    """Results with an interval."""

    @property
    def low(self) -> float | None: ...

    @property
    def high(self) -> float | None: ...


def summary(results: ProbeResults) -> str:
    """The tables of a study, for the terminal."""
    parts = [_accuracy(results), _ablation(results), _labels(results)]
    if results.against:
        parts.append(_pairs(results.against))
    if results.grid:
        parts.append(_grid(results.grid, results.standardised))
    if results.rankings:
        parts.append(_rankings(results.rankings))
    return "\n\n".join(parts)


def _accuracy(results: ProbeResults) -> str:
    labels, better = len(results.labels), "above" if results.accuracy > results.majority else "NOT above"
    known = _relative(results.gap, results.objective)
    bound = ", at an unknown distance from the optimum" if known is None else f", at most {known} above the optimum"
    each = f"each word its most frequent training label; the probe is {better} it"
    words = f"of {results.test_words:,} words with {labels} labels"
    selectivity = f"selectivity {percent(results.selectivity)}"
    scale = ", divided by their standard deviation" if results.standardised else ""
    rows = [
        ["accuracy", _in_percent(results.accuracy), _interval(results), words],
        ["majority baseline", _in_percent(results.majority), _interval(results.majority_interval), each],
        ["control task", _in_percent(results.control_accuracy), "", selectivity],
        ["objective", f"{results.objective:.5f}", "", f"nats a word{bound}, after {results.iterations} steps"],
        [
            "weights not 0",
            _in_percent(results.nonzero),
            "",
            f"of {labels} labels x {results.neurons_used} neurons{scale}",
        ],
    ]
    return tabulate(rows, tablefmt="plain", disable_numparse=True)


def _ablation(results: ProbeResults) -> str:
    """Tables 2 and 4 of the paper: rows are the kinds, columns the fractions; top / random / bottom."""
    table = AblationTable(results.ablation, results.differences)
    fractions = table.fractions()
    header = [" / ".join(KEEPS), "all", *(f"{100 * fraction:g} %" for fraction in fractions)]
    rows = []
    for kind, name in KINDS.items():
        lines = [table.line(kind, fraction) for fraction in fractions]
        rows.append([name, percent(results.accuracy), *(line.shown() for line in lines)])
        rows.append(["  top minus bottom", "", *(_difference(line.top_minus_bottom) for line in lines)])
    return tabulate(rows, headers=header, tablefmt="simple", disable_numparse=True)


def _difference(found: DifferenceRow | None) -> str:
    """In percent, with its interval."""
    if found is None:
        return "-"
    return percent(found.value) if found.low is None else f"{percent(found.value)} ({_interval(found)})"


def _labels(results: ProbeResults) -> str:
    """Per label: scores, and how many neurons hold the first share of its weight mass (Figure 6)."""
    mass, counts = next(iter(results.focus.items()))
    header = ["label", "precision", "recall", "F1", "words", f"neurons for {100 * float(mass):g} % of the mass"]
    rows = [
        [shown(label), *map(percent, (scores.precision, scores.recall, scores.f1)), scores.support, counts[label]]
        for label, scores in sorted(results.label_scores.items(), key=lambda named: -named[1].support)
    ]
    return tabulate(rows, headers=header, tablefmt="simple", disable_numparse=True, colalign=["left"] + ["right"] * 5)


def _pairs(against: Sequence[OtherProbe]) -> str:
    """The labels that share the most neurons with one of another probe, and why these."""
    every = sum(len(row) for other in against for row in other.counts)
    strong = sum(int(strongly_shared(np.array(other.counts), np.array(other.expected)).sum()) for other in against)
    top = " or ".join(str(top) for top in sorted({other.top for other in against}))
    about = (
        f"Of {every:,} pairs of labels, {strong:,} share at least {ABOVE_CHANCE} times as many of their first {top} "
        "neurons as chance expects"
    )
    pairs = [(pair, Path(other.probe).name) for other in against for pair in other.pairs]
    pairs.sort(key=lambda found: found[0].expected - found[0].count)
    rows = [
        [
            shown(pair.a),
            shown(f"{pair.b} ({name})"),
            pair.count,
            f"{pair.expected:.1f}",
            shown(", ".join(pair.neurons[:NAMED])),
        ]
        for pair, name in pairs[:STRONGEST]
    ]
    if not rows:
        return f"{about}."
    header = ["label", "label of another probe", "shared", "by chance", "neurons"]
    which = "the pair with the largest surplus" if len(rows) == 1 else f"the {len(rows)} with the largest surplus"
    return f"{about}; {which}:\n\n" + tabulate(rows, headers=header, tablefmt="simple", disable_numparse=True)


def _grid(points: Sequence[GridCell], standardised: bool) -> str:
    """Figure 2 as a table: accuracy by l1 (rows) and l2 (columns)."""
    l1 = list(dict.fromkeys(point.l1 for point in points))
    l2 = list(dict.fromkeys(point.l2 for point in points))
    far = [point for point in points if point.converged is False]
    found = {(point.l1, point.l2): percent(point.accuracy) + UNFINISHED * (point in far) for point in points}
    rows = [[f"{a:g}", *(found[a, b] for b in l2)] for a in l1]
    table = tabulate(rows, headers=["l1 \\ l2", *(f"{b:g}" for b in l2)], tablefmt="simple", disable_numparse=True)
    bounds = [_relative(point.gap, point.objective) for point in sorted(far, key=_share)]
    return f"{table}\n{UNFINISHED} {_unfinished(bounds, standardised)}" if far else table


def _share(point: GridCell) -> float:
    return inf if point.gap is None else point.gap / max(point.objective, 1e-12)


def _unfinished(bounds: Sequence[str | None], standardised: bool) -> str:
    """What is wrong with the marked cells, given their bounds, ascending."""
    known = f"may be up to {bounds[-1]} above" if bounds[-1] else "is at an unknown distance from"
    scale = "" if standardised else "standardise=true, "
    return f"the objective {known} the optimum; try {scale}a larger max_iter= or stronger penalties"


def _rankings(compared: MethodComparison) -> str:
    """Accuracy with the first neurons of every ranking, then how alike the rankings are."""
    counts = list(dict.fromkeys(entry.neurons for entry in compared.accuracy))
    found = {(entry.ranking, entry.neurons): percent(entry.accuracy) for entry in compared.accuracy}
    names = list(map(shown, compared.names))
    rows = [[shown(name), *(found[name, count] for count in counts)] for name in compared.names]
    parts = [tabulate(rows, headers=["ranking", *(f"first {count}" for count in counts)], disable_numparse=True)]
    for measure, matrix in compared.overlap.items():
        rows = [[name, *(f"{value:.2f}" for value in row)] for name, row in zip(names, matrix, strict=True)]
        parts.append(tabulate(rows, headers=[shown(measure), *names], disable_numparse=True))
    return "\n\n".join(parts)


def _interval(found: Bounded) -> str:
    return "" if found.low is None else f"{percent(found.low)} to {percent(found.high)}"


def _relative(gap: float | None, objective: float) -> str | None:
    """A gap in percent of the objective; None for one that bounds nothing, as no objective is below 0."""
    return None if gap is None or gap >= objective else f"{100 * gap / objective:.2g} %"


def _in_percent(value: float | None) -> str:
    return "-" if value is None else f"{percent(value)} %"
