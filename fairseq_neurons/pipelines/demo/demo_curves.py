"""BLEU and perplexity against the number of masked neurons: the commands that measure them, a table and a figure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path, PurePath
from statistics import fmean, stdev
from typing import NamedTuple

from tabulate import tabulate

from fairseq_neurons.figures import ablation_curves, save
from fairseq_neurons.pipelines.jobs import Jobs
from fairseq_neurons.pipelines.recipes.measuring_commands import SEARCH, ablate_command
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from fairseq_neurons.storage.files import read_lines
from fairseq_neurons.storage.results_log import Entry

# Folder of a curve -> its metric, and the rankings whose neurons are masked.
CURVES = {"nmt": ("BLEU", ("nmt", "nmt.variance")), "lm": ("perplexity", ("lm",))}
MODELS = {"nmt": "1", "lm": "lm"}
SAMPLES = 200


class Line(NamedTuple):
    """One column of the table: scores at growing numbers of neurons, several if by chance."""

    metric: str
    name: str
    points: list[tuple[str, int, list[float]]]  # share, neurons, scores


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
        for name, (_, rankings) in CURVES.items()
    }


def lines(folder: Path) -> list[Line]:
    """What the commands have measured, and is shown."""
    return [
        Line(metric, name, _points(chosen))
        for curve, (metric, rankings) in CURVES.items()
        for name, chosen in _shown(read_entries(folder / "curves" / curve / "curve.jsonl"), rankings)
    ]


def read_entries(path: Path) -> list[Entry]:
    """One a line."""
    return [json.loads(line) for line in read_lines(path, "curve")]


def table(shown: Sequence[Line]) -> str:
    """Scores by share of removed neurons; random ones as mean ± standard deviation."""
    header = ["\nremoved", *(f"{line.metric},\n{line.name}" for line in shown)]
    shares = [share for share, _, _ in shown[0].points]
    rows = [[share, *(_cell(line.points[i][2]) for line in shown)] for i, share in enumerate(shares)]
    return tabulate(rows, header, tablefmt="simple", disable_numparse=True, colalign=["right"] * len(header))


def figure(folder: Path) -> None:
    """All that was measured as a picture, ``curve.png``: a panel a metric (Figures 4, 5 and 7)."""
    measured = (read_entries(folder / "curves" / name / "curve.jsonl") for name in CURVES)
    save(ablation_curves(*measured), folder / "curve", ["png"])


def _shown(entries: Sequence[Entry], rankings: Sequence[str]) -> Iterator[tuple[str, list[Entry]]]:
    for ranking in rankings:
        of_ranking = [entry for entry in entries if PurePath(entry["ranking"]).stem == ranking]
        _, _, by = ranking.partition(".")
        for order in ("top", "bottom", "random") if not by else ("top",):
            yield f"{order} by {by}" if by else order, [entry for entry in of_ranking if entry["order"] == order]


def _points(entries: Sequence[Entry]) -> list[tuple[str, int, list[float]]]:
    counts = sorted({(entry["neurons"], entry["share"]) for entry in entries})
    return [
        (share, count, [_score(entry) for entry in entries if entry["neurons"] == count]) for count, share in counts
    ]


def _score(entry: Entry) -> float:
    return inf if entry["score"] is None else float(entry["score"])


def _cell(scores: Sequence[float]) -> str:
    if inf in scores:
        return "inf"
    spread = f" ± {stdev(scores):.2f}" if len(set(scores)) > 1 else ""
    return f"{fmean(scores):.2f}{spread}"
