"""The paper's claims, each with the comparisons that support or contradict it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from scipy.stats import hypergeom, mannwhitneyu

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_lines import LEVEL
from fairseq_neurons.pipelines.paper.markdown_tables import markdown
from fairseq_neurons.pipelines.paper.paper_curves import scores_of
from fairseq_neurons.pipelines.paper.paper_tables import LEAST_WORDS
from fairseq_neurons.pipelines.paper.published_numbers import FRACTIONS
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE
from fairseq_neurons.pipelines.paper.run_summary import RunSummary

# "Less than 10 % overlap" of the top 50.
LITTLE = 0.1
# Shares of the neurons at which curves are compared: where the paper's differ most.
FROM, TO = 0.02, 0.21

# Nouns, verbs, adjectives and adverbs in the Penn Treebank's tags, STTS and UPOS; all others are closed classes.
OPEN = ("NN", "NE", "NOUN", "PROPN", "V", "JJ", "ADJ", "RB", "ADV")

# Whether a comparison came out as claimed: True, False, or None if the difference is not significant.
Outcomes = list[bool | None]


def table(summaries: Sequence[RunSummary]) -> str:
    """One row for each claim: how its comparisons came out in every run, and a verdict for each size of models."""
    sizes = list(dict.fromkeys(summary.size for summary in summaries))
    rows = []
    for claim, outcomes_of in CLAIMS.items():
        found = [outcomes_of(summary) for summary in summaries]
        row = [claim, *(counts(outcomes) for outcomes in found)]
        for size in sizes:
            of_size = [
                one
                for summary, outcomes in zip(summaries, found, strict=True)
                for one in outcomes
                if summary.size == size
            ]
            row.append(verdict(of_size))
        rows.append(row)
    return markdown(["claim", *(summary.run for summary in summaries), *sizes], rows, text=1)


def counts(outcomes: Outcomes) -> str:
    """How many comparisons held / were not significant / failed, in this order."""
    return " / ".join(str(outcomes.count(value)) for value in (True, None, False))


def verdict(outcomes: Outcomes) -> str:
    """Judge a claim by its comparisons.

    ``confirmed`` if none of its comparisons failed and at least half of them are significant, ``not confirmed`` if no
    more held than failed, ``undecided`` if none is significant, and else ``mixed``.
    """
    held, failed = outcomes.count(True), outcomes.count(False)
    if not held + failed:
        return "undecided"
    if held <= failed:
        return "not confirmed"
    return "confirmed" if not failed and 2 * held >= len(outcomes) else "mixed"


def _top_keeps_more(kind: str) -> Callable[[RunSummary], Outcomes]:
    def outcomes(summary: RunSummary) -> Outcomes:
        return [
            _apart(difference.low, difference.high)
            for probes in summary.probes.values()
            for task in summary.tasks
            for difference in probes[task].differences
            if (difference.kind, difference.between) == (kind, "top-bottom")
        ]

    return outcomes


def _top_hurts_first(summary: RunSummary) -> Outcomes:
    return [
        outcome
        for model in summary.curves
        for curve in [summary.curve(model)]
        for outcome in _compared(curve, _neurons(summary, model), (CROSS_MODEL, "top"), (CROSS_MODEL, "bottom"))
    ]


def _hurts_more_than(names: Callable[[RunSummary], Sequence[str]]) -> Callable[[RunSummary], Outcomes]:
    def outcomes(summary: RunSummary) -> Outcomes:
        return [
            outcome
            for model in summary.curves
            if summary.models[model].kind == "nmt"
            for curve in [summary.curve(model)]
            for name in names(summary)
            for outcome in _compared(curve, _neurons(summary, model), (CROSS_MODEL, "top"), (name, "top"))
        ]

    return outcomes


def _little_overlap(summary: RunSummary) -> Outcomes:
    return [
        share < LITTLE
        for found in summary.overlaps.values()
        for name, share in zip(found.rankings, found.shared[0], strict=True)
        if name in SINGLE
    ]


def _position_in_both(summary: RunSummary) -> Outcomes:
    """More of the first neurons are those of position than chance would put there, by the hypergeometric test."""
    outcomes: Outcomes = []
    for found in summary.overlaps.values():
        top, of = found.top, found.of
        shared = round(top * found.shared[0][found.rankings.index(POSITION)])
        more = shared > top * top / of
        outcomes.append(more and (True if hypergeom.sf(shared - 1, of, top, top) < LEVEL else None))
    return outcomes


def _closed_focused(summary: RunSummary) -> Outcomes:
    """Closed classes use fewer neurons than open ones, by the Mann-Whitney test."""
    outcomes: Outcomes = []
    for probes in summary.probes.values():
        if "pos" not in probes:
            continue
        counts, words = next(iter(probes["pos"].focus.values())), probes["pos"].labels
        classes: dict[bool, list[int]] = {True: [], False: []}
        for label, count in counts.items():
            if words.get(label, 0) >= LEAST_WORDS:
                classes[label.startswith(OPEN)].append(count)
        if all(classes.values()):
            found = mannwhitneyu(classes[False], classes[True])
            fewer = found.statistic < len(classes[False]) * len(classes[True]) / 2
            outcomes.append(bool(fewer) if found.pvalue < LEVEL else None)
    return outcomes


def _more_distributed(summary: RunSummary) -> Outcomes:
    """Trained again, the top tenth is ahead of the bottom tenth by less than in a language model.

    The paper's measure, with means over all tasks of 12.8 against 25.5 points; here a comparison a task, of means over
    models, without a test.
    """
    outcomes: Outcomes = []
    for task in summary.tasks:
        ahead: dict[str, list[float]] = {"nmt": [], "lm": []}
        for model, probes in summary.probes.items():
            top, bottom = (probes[task].subset_accuracy("retrain", end, FRACTIONS[0]) for end in ("top", "bottom"))
            ahead[summary.models[model].kind].append(top - bottom)
        if all(ahead.values()):
            outcomes.append(fmean(ahead["nmt"]) < fmean(ahead["lm"]))
    return outcomes


def _neurons(summary: RunSummary, model: str) -> int:
    return summary.overlaps[model].of


def _compared(curve: Curve, neurons: int, ours: tuple[str, str], other: tuple[str, str]) -> Iterator[bool | None]:
    """At each number of neurons, of all that there are, whether the first costs more than the other."""
    scores = [scores_of(curve, *which) for which in (ours, other)]
    worse = -1 if curve.metric.higher_is_better else 1
    for count in sorted(set(scores[0]) & set(scores[1])):
        if FROM <= count / neurons <= TO:
            first, second = (worse * fmean(each[count]) for each in scores)
            # Two perplexities that exceed all numbers are equal here, whatever their test says.
            yield first > second if first != second and _p_value(curve, ours, other, count) < LEVEL else None


def _p_value(curve: Curve, a: tuple[str, str], b: tuple[str, str], count: int) -> float:
    for found in curve.comparisons:
        pair = {choice[:2] for choice in (found.choice, found.against) if choice}
        if found.neurons == count and pair == {a, b}:
            return found.result.p_value
    return 1.0


def _apart(low: float | None, high: float | None) -> bool | None:
    """Whether an interval lies above 0, below it, or around it."""
    if low is None or high is None or low <= 0 <= high:
        return None
    return low > 0


CLAIMS: dict[str, Callable[[RunSummary], Outcomes]] = {
    "masked out, the top keeps more than the bottom (Tables 2, 5)": _top_keeps_more("mask"),
    "retrained, the top keeps more than the bottom (Tables 4, 6)": _top_keeps_more("retrain"),
    "masking the top hurts before masking the bottom (Figures 4, 5)": _top_hurts_first,
    "cross-model hurts more than variance and distance from the mean, highest first (Figure 7)": _hurts_more_than(
        lambda summary: [name for name, (_, reverse) in SINGLE.items() if not reverse]
    ),
    "cross-model hurts more than variance and distance from the mean, lowest first (Figure 7)": _hurts_more_than(
        lambda summary: [name for name, (_, reverse) in SINGLE.items() if reverse]
    ),
    "cross-model hurts more than rankings by labels (Figure 8)": _hurts_more_than(lambda summary: list(summary.tasks)),
    "closed classes are focused, open classes distributed (Figure 6)": _closed_focused,
    "less than 10 % of the first neurons shared with single-model rankings": _little_overlap,
    "position neurons are in the cross-model ranking, too": _position_in_both,
    "translation models are more distributed than language models": _more_distributed,
}
