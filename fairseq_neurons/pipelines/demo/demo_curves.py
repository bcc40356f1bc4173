"""BLEU and perplexity against the number of masked neurons: the commands that measure them, a table and a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from tabulate import tabulate

from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_lines import Line
from fairseq_neurons.figures import ablation_curves, save
from fairseq_neurons.number_format import mean_and_spread
from fairseq_neurons.pipelines.jobs import Jobs
from fairseq_neurons.pipelines.recipes.measuring_commands import SEARCH, ablate_command
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

# Folder of a curve -> the rankings whose neurons are masked.
CURVES = {"nmt": ("nmt", "nmt.variance"), "lm": ("lm",)}
MODELS = {"nmt": "1", "lm": "lm"}
SAMPLES = 200


class Column(NamedTuple):
    """A column of the table.

    Args:
        metric: its title.
        name: the order; with the ranking's method unless it is Cross-model Correlation Analysis.
        line: the scores at growing numbers of neurons.
    """

    metric: str
    name: str
    line: Line


def jobs(languages: Languages) -> Jobs:
    """The two commands; each writes ``curves/NAME/curve.jsonl``."""
    scoring = {
        "nmt": [f"reference=text/test.{languages.tgt}", *SEARCH, "seeds=2"],
        "lm": ["metric=perplexity", "seeds=2"],
    }
    return {
        f"curve-{name}": ablate_command(
            MODELS[name],
            scoring[name],
            [f"rankings/{ranking}.json" for ranking in rankings],
            [f"samples={SAMPLES}"],
            f"curves/{name}",
        )
        for name, rankings in CURVES.items()
    }


def columns(folder: Path) -> list[Column]:
    """The columns of the table, read from what the commands have measured."""
    return [
        Column(curve.metric.axis, name, line)
        for folder_name, rankings in CURVES.items()
        for curve in [Curve.read(folder / "curves" / folder_name)]
        for name, line in _shown(curve, rankings)
    ]


def table(shown: Sequence[Column]) -> str:
    """Scores by share of masked neurons; random ones as mean ± standard deviation."""
    header = ["\nmasked", *(f"{column.metric},\n{column.name}" for column in shown)]
    rows = [
        [point.share, *(mean_and_spread(column.line.points[i].scores) for column in shown)]
        for i, point in enumerate(shown[0].line.points)
    ]
    return tabulate(rows, header, tablefmt="simple", disable_numparse=True, colalign=["right"] * len(header))


def figure(folder: Path) -> None:
    """Draw all curves as ``curve.png``, one panel for each metric (Figures 4, 5 and 7)."""
    measured = (Curve.read(folder / "curves" / name) for name in CURVES)
    save(ablation_curves(*measured), folder / "curve", ["png"])


def _shown(curve: Curve, rankings: Sequence[str]) -> Iterator[tuple[str, Line]]:
    for ranking in rankings:
        of_ranking = curve.only(lambda point, stem=ranking: PurePath(point.ranking).stem == stem)  # type: ignore[misc]
        _, _, by = ranking.partition(".")
        for line in of_ranking.lines if not by else of_ranking.lines[:1]:
            yield f"{line.order} by {by}" if by else line.order, line
