"""BLEU and perplexity against the number of neurons removed: the commands that measure them, a table and a figure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from statistics import fmean, stdev
from typing import NamedTuple

from tabulate import tabulate

from fairseq_neurons.demo.pipeline import SEARCH, Languages, checkpoint
from fairseq_neurons.files import read_lines
from fairseq_neurons.ledger import Entry

# Folder of a curve -> what it is called, and the rankings whose neurons are removed.
CURVES = {"nmt": ("BLEU", ("nmt", "nmt.variance")), "lm": ("perplexity", ("lm",))}
SAMPLES = 200
STYLES = {
    "top": {"color": "#0072B2", "marker": "o"},
    "bottom": {"color": "#D55E00", "marker": "s", "linestyle": ":"},
    "random": {"color": "#666666", "marker": "", "linestyle": "--"},
    "top by variance": {"color": "#009E73", "marker": "^", "linestyle": "-."},
}


class Line(NamedTuple):
    """One line of the figure, one column of the table: scores at growing numbers of neurons, several if by chance."""

    metric: str
    name: str
    points: list[tuple[str, int, list[float]]]  # share, neurons, scores


def jobs(languages: Languages) -> dict[str, list[str]]:
    """The two commands, by the names of their logs; each leaves ``curves/NAME/curve.jsonl``."""
    options = {
        "nmt": ["data=bin/1", f"reference=text/test.{languages.tgt}", *SEARCH, "seeds=2"],
        "lm": ["data=bin/lm", "metric=perplexity", "seeds=2"],
    }
    return {
        f"curve-{name}": [
            *("fairseq-neurons-ablate", f"checkpoint={checkpoint('1' if name == 'nmt' else name)}", *options[name]),
            f"rankings=[{','.join(f'rankings/{ranking}.json' for ranking in rankings)}]",
            *(f"samples={SAMPLES}", "workers=1", f"out=curves/{name}"),
        ]
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


def figure(shown: Sequence[Line], path: Path) -> None:
    """The same as a picture: a panel a metric, a band between the extremes of chance (Figures 4, 5 and 7)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    metrics = list(dict.fromkeys(line.metric for line in shown))
    drawing, axes = pyplot.subplots(1, len(metrics), figsize=(5 * len(metrics), 3.5), layout="constrained")
    for axis, metric in zip(axes, metrics, strict=True):
        for line in (line for line in shown if line.metric == metric):
            _, neurons, scores = zip(*line.points, strict=True)
            axis.plot(neurons, list(map(fmean, scores)), label=line.name, **STYLES[line.name])
            if line.name == "random":
                axis.fill_between(neurons, list(map(min, scores)), list(map(max, scores)), color="#66666640")
        axis.set(xlabel="neurons removed", ylabel=metric)
        axis.legend()
    axes[-1].set_yscale("log")
    drawing.savefig(path, dpi=120)
    pyplot.close(drawing)


def _shown(entries: Sequence[Entry], rankings: Sequence[str]) -> Iterator[tuple[str, list[Entry]]]:
    for ranking in rankings:
        of_ranking = [entry for entry in entries if PurePath(entry["ranking"]).stem == ranking]
        _, _, by = ranking.partition(".")
        for order in ("top", "bottom", "random") if not by else ("top",):
            yield f"{order} by {by}" if by else order, [entry for entry in of_ranking if entry["order"] == order]


def _points(entries: Sequence[Entry]) -> list[tuple[str, int, list[float]]]:
    counts = sorted({(entry["neurons"], entry["share"]) for entry in entries})
    return [
        (share, count, [entry["score"] for entry in entries if entry["neurons"] == count]) for count, share in counts
    ]


def _cell(scores: Sequence[float]) -> str:
    spread = f" ± {stdev(scores):.2f}" if len(set(scores)) > 1 else ""
    return f"{fmean(scores):.2f}{spread}"
