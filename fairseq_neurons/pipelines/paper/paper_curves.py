"""The paper's Figures 4, 5, 7 and 8 as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Any

from scipy.stats import spearmanr

from fairseq_neurons.pipelines.paper.experiment_summary import points_of
from fairseq_neurons.pipelines.paper.markdown_tables import KINDS, Summary, markdown, run_of
from fairseq_neurons.pipelines.paper.paper_tables import mean_and_spread
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, SINGLE

LEAST_PAIRS = 5


def orders(summaries: Sequence[Summary]) -> str:
    """Figures 4 and 5: from the top, from the bottom and at random; a column a model."""
    return "\n\n".join(
        _orders(summary, kind, models)
        for kind in KINDS
        for summary in summaries
        if (models := [name for name in summary["curves"] if summary["models"][name]["kind"] == kind])
    )


def single_model(summaries: Sequence[Summary]) -> str:
    """Figure 7: the first neurons of rankings by the model alone."""
    return _against(summaries, lambda summary: list(SINGLE))


def linguistic(summaries: Sequence[Summary]) -> str:
    """Figure 8: the first neurons of rankings by labels."""
    return _against(summaries, lambda summary: list(summary["tasks"]))


def mean_squares(summaries: Sequence[Summary]) -> str:
    """Of the tenth that a ranking has first or last: the mean square of its states, and the score without it."""
    columns = {(CROSS_MODEL, "top"): "cross-model", (CROSS_MODEL, "bottom"): "bottom"}
    columns |= {(name, "top"): name for name in SINGLE}
    rows = []
    for summary in summaries:
        for model, found in summary["squares"].items():
            curve, measured = summary["curves"][model], {}
            for end in found["ends"]:
                scores = points_of(curve, end["ranking"], end["order"]).get(found["neurons"])
                if scores:
                    measured[end["ranking"], end["order"]] = (end["square"], fmean(scores))
            cells = [
                f"{measured[column][0]:.3f}: {measured[column][1]:.1f}" if column in measured else ""
                for column in columns
            ]
            rows.append([run_of(summary), model, f"{found['all']:.3f}", *cells, _correlation(curve, measured.values())])
    return markdown(["run", "model", "all", *columns.values(), "rank correlation"], rows, text=2)


def _correlation(curve: dict[str, Any], measured: Iterable[tuple[float, float]]) -> str:
    """Spearman's, of the squares and what removing them costs; of fewer than five, none."""
    pairs = list(measured)
    if len(pairs) < LEAST_PAIRS:
        return ""
    worse = -1 if curve["metric"] == "bleu" else 1
    return f"{spearmanr([square for square, _ in pairs], [worse * score for _, score in pairs]).statistic:.2f}"


def _orders(summary: Summary, kind: str, models: Sequence[str]) -> str:
    curves = [summary["curves"][model] for model in models]
    header = ["neurons", *(f"{model}: top / bottom / random" for model in models)]
    counts = sorted(points_of(curves[0], CROSS_MODEL, "top"))
    rows = [[str(count), *(_cell(curve, count) for curve in curves)] for count in counts]
    return f"{run_of(summary)}, {_metric(curves[0])}:\n\n" + markdown(header, rows)


def _cell(curve: dict[str, Any], count: int) -> str:
    """The three orders; ° where a point does not differ from the unablated model."""
    shown = []
    for order in ("top", "bottom", "random"):
        scores = points_of(curve, CROSS_MODEL, order)[count]
        shown.append(mean_and_spread(scores) + _mark(curve, CROSS_MODEL, order, count))
    return " / ".join(shown)


def _against(summaries: Sequence[Summary], names: Callable[[Summary], list[str]]) -> str:
    """A table an experiment and kind, of the model in which all rankings were removed."""
    parts = []
    for summary in summaries:
        for model, curve in summary["curves"].items():
            rankings = [CROSS_MODEL, *names(summary)]
            if not all(points_of(curve, ranking, "top") for ranking in rankings):
                continue
            rows = [
                [str(count), *(_score(curve, ranking, count) for ranking in rankings)]
                for count in sorted(points_of(curve, CROSS_MODEL, "top"))
            ]
            title = f"{run_of(summary)}, model {model}, {_metric(curve)}:\n\n"
            parts.append(title + markdown(["neurons", *rankings], rows))
    return "\n\n".join(parts)


def _score(curve: dict[str, Any], ranking: str, count: int) -> str:
    return f"{fmean(points_of(curve, ranking, 'top')[count]):.1f}" + _mark(curve, ranking, "top", count)


def _mark(curve: dict[str, Any], ranking: str, order: str, count: int) -> str:
    values = [
        point["p_value"]
        for point in curve["points"]
        if (point["ranking"], point["order"], point["neurons"]) == (ranking, order, count)
    ]
    return "°" if count and any(value is not None and value >= 0.05 for value in values) else ""


def _metric(curve: dict[str, Any]) -> str:
    return "BLEU" if curve["metric"] == "bleu" else "perplexity"
