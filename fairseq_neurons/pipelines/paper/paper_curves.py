"""The paper's Figures 4, 5, 7 and 8 as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from scipy.stats import spearmanr

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_lines import MARK, LinePoint
from fairseq_neurons.ablation.curve_records import ORDERS
from fairseq_neurons.number_format import mean_and_spread
from fairseq_neurons.pipelines.paper.markdown_tables import KINDS, markdown
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, SINGLE
from fairseq_neurons.pipelines.paper.run_summary import RunSummary

LEAST_PAIRS = 5


def orders(summaries: Sequence[RunSummary]) -> str:
    """Figures 4 and 5: neurons masked from the top, from the bottom and at random; one column for each model."""
    return "\n\n".join(
        _orders(summary, kind, models)
        for kind in KINDS
        for summary in summaries
        if (models := [name for name in summary.curves if summary.models[name].kind == kind])
    )


def single_model(summaries: Sequence[RunSummary]) -> str:
    """Figure 7: the first neurons of rankings by the model alone."""
    return _against(summaries, lambda summary: list(SINGLE))


def linguistic(summaries: Sequence[RunSummary]) -> str:
    """Figure 8: the first neurons of rankings by labels."""
    return _against(summaries, lambda summary: list(summary.tasks))


def mean_squares(summaries: Sequence[RunSummary]) -> str:
    """For the tenth that a ranking has first or last: the mean square of its states, and the score with it masked."""
    columns = {(CROSS_MODEL, "top"): "cross-model", (CROSS_MODEL, "bottom"): "bottom"}
    columns |= {(name, "top"): name for name in SINGLE}
    rows = []
    for summary in summaries:
        for model, found in summary.squares.items():
            curve, measured = summary.curve(model), {}
            for end in found.ends:
                if point := curve.line(end.ranking, end.order).at(found.neurons):
                    measured[end.ranking, end.order] = (end.square, point.mean)
            cells = [
                f"{measured[column][0]:.3f}: {measured[column][1]:.1f}" if column in measured else ""
                for column in columns
            ]
            rows.append([summary.run, model, f"{found.all:.3f}", *cells, _correlation(curve, measured.values())])
    return markdown(["run", "model", "all", *columns.values(), "rank correlation"], rows, text=2)


def scores_of(curve: Curve, ranking: str, order: str) -> dict[int, list[float]]:
    """Scores by ascending number of neurons, one a seed; infinite where a perplexity exceeds all numbers."""
    return {point.neurons: point.scores for point in curve.line(ranking, order).points}


def _correlation(curve: Curve, measured: Iterable[tuple[float, float]]) -> str:
    """Spearman's correlation of the mean squares with the cost of masking; empty for fewer than five pairs."""
    pairs = list(measured)
    if len(pairs) < LEAST_PAIRS:
        return ""
    worse = -1 if curve.metric.higher_is_better else 1
    return f"{spearmanr([square for square, _ in pairs], [worse * score for _, score in pairs]).statistic:.2f}"


def _orders(summary: RunSummary, kind: str, models: Sequence[str]) -> str:
    curves = [summary.curve(model) for model in models]
    header = ["neurons", *(f"{model}: top / bottom / random" for model in models)]
    counts = scores_of(curves[0], CROSS_MODEL, "top")
    rows = [[str(count), *(_cell(curve, count) for curve in curves)] for count in counts]
    return f"{summary.run}, {curves[0].metric.axis}:\n\n" + markdown(header, rows)


def _cell(curve: Curve, count: int) -> str:
    """The scores of the three orders; ° where a point does not differ from the unablated model."""
    points = [curve.line(CROSS_MODEL, order).at(count) for order in ORDERS]
    return " / ".join(mean_and_spread(point.scores, 1) + _mark(point) for point in points if point)


def _against(summaries: Sequence[RunSummary], names: Callable[[RunSummary], list[str]]) -> str:
    """One table for each run and kind, of the model whose neurons were masked by all these rankings."""
    parts = []
    for summary in summaries:
        for model in summary.curves:
            curve, rankings = summary.curve(model), [CROSS_MODEL, *names(summary)]
            lines = [curve.line(ranking, "top") for ranking in rankings]
            if not all(line.points for line in lines):
                continue
            rows = [
                [str(first.neurons), *(_score(line.at(first.neurons)) for line in lines)] for first in lines[0].points
            ]
            title = f"{summary.run}, model {model}, {curve.metric.axis}:\n\n"
            parts.append(title + markdown(["neurons", *rankings], rows))
    return "\n\n".join(parts)


def _score(point: LinePoint | None) -> str:
    return f"{point.mean:.1f}" + _mark(point) if point else ""


def _mark(point: LinePoint) -> str:
    return MARK if point.doubtful else ""
