"""The paper's tables in Markdown, our numbers beside the published ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from fairseq_neurons.number_format import mean_and_spread
from fairseq_neurons.pipelines.paper import published_numbers as published
from fairseq_neurons.pipelines.paper.markdown_tables import KINDS, code, markdown
from fairseq_neurons.pipelines.paper.published_numbers import FRACTIONS, TopBottom
from fairseq_neurons.pipelines.paper.run_summary import ProbeSummary, RunSummary
from fairseq_neurons.probing.ablation_table import KEEPS


def models(summaries: Sequence[RunSummary]) -> str:
    """All models: what they were trained on and how well they do."""
    header = ["run", "model", "pairs or sentences", "seed", "validation perplexity", "test"]
    rows = [
        [
            *(summary.run, name, model.sentences, model.seed, f"{model.perplexity:.2f}"),
            _unablated(summary, name),
        ]
        for summary in summaries
        for name, model in summary.models.items()
    ]
    return markdown(header, rows, text=2)


def accuracy(summaries: Sequence[RunSummary]) -> str:
    """Table 1: probes and the majority baseline; mean ± standard deviation over the models."""
    header = ["", "run", "majority: paper", "ours", "probe: paper", "ours", "control task", "selectivity", "words"]
    rows = []
    for kind, summary, task, probes in _probed(summaries):
        title = summary.tasks[task]
        row = [f"{KINDS[kind]} {title}", summary.run, published.MAJORITY.get(title, "")]
        row += [_spread(probes, "majority"), published.ACCURACY[kind].get(title, ""), _spread(probes, "accuracy")]
        row += [_spread(probes, "control_accuracy"), _spread(probes, "selectivity"), probes[0].train_words]
        rows.append(row)
    return markdown(header, rows, text=2)


def masked(summaries: Sequence[RunSummary]) -> str:
    """Tables 2 and 5: accuracy with all but some neurons set to 0."""
    return _ablation(summaries, "mask", published.MASKED)


def retrained(summaries: Sequence[RunSummary]) -> str:
    """Tables 4 and 6: accuracy of probes trained on some neurons only."""
    return _ablation(summaries, "retrain", published.RETRAINED)


def grid(summaries: Sequence[RunSummary]) -> str:
    """Figure 2: accuracy for pairs of penalties."""
    parts = []
    for summary in summaries:
        points = next(iter(next(iter(summary.probes.values())).values())).grid
        if not points:
            continue
        found = {(point.l1, point.l2): f"{100 * point.accuracy:.1f}" for point in points}
        l1, l2 = ([*dict.fromkeys(pair[side] for pair in found)] for side in (0, 1))
        rows = [[f"{a:g}", *(found[a, b] for b in l2)] for a in l1]
        title = next(iter(summary.tasks.values()))
        parts.append(f"{summary.run}, {title}:\n\n" + markdown(["l1 \\ l2", *map(_g, l2)], rows))
    return "\n\n".join(parts)


def focus(summaries: Sequence[RunSummary], count: int = 8) -> str:
    """Figure 6: the labels whose quarter of the weights the fewest and the most neurons hold."""
    header = ["", "run", "most focused", "most distributed"]
    rows = []
    for kind, summary, task, probes in _probed(summaries):
        counts, words = next(iter(probes[0].focus.values())), probes[0].labels
        frequent = sorted((n, label) for label, n in counts.items() if words.get(label, 0) >= LEAST_WORDS)
        ends = frequent[:count], frequent[::-1][:count]
        shown = [", ".join(f"{code(label)} {n}" for n, label in end) for end in ends]
        rows.append([f"{KINDS[kind]} {summary.tasks[task]}", summary.run, *shown])
    return markdown(header, rows, text=4)


# Rarer labels say more about chance.
LEAST_WORDS = 20


def words(summaries: Sequence[RunSummary]) -> str:
    """Table 3: of the first model of each kind the best detector of each property, and its top words."""
    header = ["", "run", "neuron", "stands for", "of words", "AUC", "cross-model rank", "top 10 words"]
    rows: list[list[object]] = [["NMT", "published", *one[:2], "", "", "", one[2]] for one in published.TOP_WORDS]
    for summary in summaries:
        for model, found in summary.detectors.items():
            for one in found:
                name = [KINDS[_kind(summary, model)], summary.run, one.neuron and code(one.neuron)]
                scores = [f"{one.auc:.3f}", one.rank] if one.neuron else ["", ""]
                rows.append([*name, one.label, one.words, *scores, ", ".join(map(code, one.top))])
    return markdown(header, rows, text=4)


def overlaps(summaries: Sequence[RunSummary]) -> str:
    """How many of the first neurons the cross-model ranking shares with each other one."""
    parts = []
    for summary in summaries:
        found = summary.overlaps
        names = next(iter(found.values())).rankings[1:]
        rows = [
            [model, f"{one.top} of {one.of}", f"{one.top / one.of:.2f}"]
            + [f"{share:.2f}" for share in one.shared[0][1:]]
            for model, one in found.items()
        ]
        title = f"{summary.run}; cross-model against:\n\n"
        parts.append(title + markdown(["model", "first", "by chance", *names], rows, text=1))
    return "\n\n".join(parts)


def signatures(summaries: Sequence[RunSummary]) -> str:
    """What made the numbers: probes and significance tests of the first model of each kind, and all figures."""
    rows = []
    for summary in summaries:
        run = summary.run
        for model in summary.detectors:
            for task, probe in summary.probes[model].items():
                rows.append([run, f"probe: model {model}, {task}", code(probe.signature)])
            rows.append([run, f"p-values: model {model}", code(summary.curves[model].test)])
        rows += [[run, name, code(signature)] for name, signature in summary.figures.items()]
    return markdown(["run", "of what", "signature"], rows, text=3)


def _ablation(summaries: Sequence[RunSummary], kind: str, paper: Mapping[str, Mapping[str, TopBottom]]) -> str:
    header = ["", "run", "all", *(f"{100 * fraction:g} %" for fraction in FRACTIONS)]
    rows: list[list[object]] = []
    for model, summary, task, probes in _probed(summaries):
        title = summary.tasks[task]
        name = f"{KINDS[model]} {title}"
        if theirs := paper[model].get(title):
            shown = [f"{top} / {bottom}" for top, bottom in zip(theirs.top, theirs.bottom, strict=True)]
            rows.append([name, "published", published.ACCURACY[model][title], *shown])
        ours = [" / ".join(_mean_subset_accuracy(probes, kind, keep, f) for keep in KEEPS) for f in FRACTIONS]
        rows.append([name, summary.run, _spread(probes, "accuracy"), *ours])
    return markdown(header, rows, text=2)


def _mean_subset_accuracy(probes: Sequence[ProbeSummary], kind: str, keep: str, fraction: float) -> str:
    """Of each model the mean over random seeds, over the models mean and spread."""
    return mean_and_spread([100 * probe.subset_accuracy(kind, keep, fraction) for probe in probes], 1)


def _probed(summaries: Sequence[RunSummary]) -> Iterator[tuple[str, RunSummary, str, list[ProbeSummary]]]:
    """The kind of model, the experiment, the task and the probes of all models of that kind, task by task."""
    for kind in KINDS:
        for summary in summaries:
            for task in summary.tasks:
                found = [probes[task] for model, probes in summary.probes.items() if _kind(summary, model) == kind]
                if found:
                    yield kind, summary, task, found


def _kind(summary: RunSummary, model: str) -> str:
    return summary.models[model].kind


def _spread(probes: Sequence[ProbeSummary], name: str) -> str:
    return mean_and_spread([100 * getattr(probe, name) for probe in probes], 1)


def _unablated(summary: RunSummary, model: str) -> str:
    """The score of the model itself; empty where it has no curve."""
    if model not in summary.curves:
        return ""
    curve = summary.curve(model)
    score = next((point.score for point in curve.points if point.neurons == 0), math.inf)
    return "" if math.isinf(score) else curve.metric.written(score)


def _g(value: float) -> str:
    return f"{value:g}"
