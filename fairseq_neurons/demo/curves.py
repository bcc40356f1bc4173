"""BLEU and perplexity against the number of neurons removed, from the top and from the bottom of a ranking."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from sacrebleu.metrics import BLEU

from fairseq_neurons.demo.pipeline import Languages, checkpoint
from fairseq_neurons.demo.shell import run_all
from fairseq_neurons.files import read_lines, read_text, write_text_whole
from fairseq_neurons.masks import Mask, amount
from fairseq_neurons.rankings import Ranking

POINTS = ("0%", "2.5%", "5%", "10%", "20%", "40%")
ORDERS = ("top", "bottom")


@dataclass(frozen=True)
class Point:
    """One evaluation of an ablated model."""

    ranking: str
    order: str
    seed: int | None
    share: str
    neurons: int
    metric: str
    score: float
    signature: str


def measure(folder: Path, languages: Languages) -> list[Point]:
    """Both curves, each in a process of its own; the points are also written to ``curve.jsonl``."""
    module = "fairseq_neurons.demo.curves"
    run_all({f"curve-{name}": ["python", "-m", module, name, languages.tgt] for name in CURVES}, folder)
    text = "".join(read_text(folder / f"curve.{name}.jsonl", "curve") for name in CURVES)
    write_text_whole(folder / "curve.jsonl", text)
    return [Point(**json.loads(line)) for line in text.splitlines()]


def _bleu_curve(folder: Path, target: str) -> list[Point]:
    from fairseq_neurons.plugin.checkpoints import load_model
    from fairseq_neurons.plugin.evaluation import translate

    loaded = load_model(str(folder / checkpoint("1")), str(folder / "bin" / "1"))
    references = read_lines(folder / "text" / f"test.{target}", "text")
    bleu = BLEU(tokenize="none", force=True)  # the text is tokenised already

    def score() -> float:
        hypotheses = translate(loaded, "test", max_len_a=2, max_len_b=10).hypotheses
        return float(bleu.corpus_score(hypotheses, [references]).score)

    return _curve(loaded.model, Ranking.load(folder / "rankings" / "nmt.json"), "BLEU", score, bleu.get_signature)


def _perplexity_curve(folder: Path, target: str) -> list[Point]:
    from fairseq_neurons.plugin.checkpoints import load_model
    from fairseq_neurons.plugin.evaluation import perplexity

    loaded = load_model(str(folder / checkpoint("lm")), str(folder / "bin" / "lm"))
    ranking = Ranking.load(folder / "rankings" / "lm.json")
    return _curve(loaded.model, ranking, "perplexity", lambda: perplexity(loaded, "test"), lambda: "fairseq-eval-lm")


def _curve(
    model: torch.nn.Module,
    ranking: Ranking,
    metric: str,
    score: Callable[[], float],
    signature: Callable[[], object],
) -> list[Point]:
    from fairseq_neurons.plugin.masking import masked

    points = []
    unablated = score()
    for order in ORDERS:
        for share in POINTS:
            count = amount(share, len(ranking.order), "point")
            chosen = ranking.top(count) if order == "top" else ranking.bottom(count)
            mask = Mask.of(ranking.neurons, chosen, chosen_by=f"ranking:{ranking.method}|{order}:{share}")
            with masked(model, mask):
                value = score() if count else unablated
            made_by = f"{signature()}|{mask.signature}"
            points.append(Point(ranking.method, order, None, share, count, metric, value, made_by))
    return points


def table(points: Sequence[Point]) -> str:
    """Scores by share of removed neurons: a column for each metric and end of the ranking."""
    metrics = list(dict.fromkeys(point.metric for point in points))
    columns = [(metric, order) for metric in metrics for order in ORDERS]
    scores = {(point.metric, point.order, point.share): point.score for point in points}
    rows = ["removed  " + "".join(f"{metric + ', ' + order:>20}" for metric, order in columns)]
    for share in POINTS:
        rows.append(f"{share:>7}  " + "".join(f"{scores[(*column, share)]:20.2f}" for column in columns))
    return "\n".join(rows)


def figure(points: Sequence[Point], path: Path) -> None:
    """The same as a picture: one panel a metric, solid from the top, dotted from the bottom (Figures 4 and 5)."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    metrics = list(dict.fromkeys(point.metric for point in points))
    drawing, axes = pyplot.subplots(1, len(metrics), figsize=(5 * len(metrics), 3.5), layout="constrained")
    for axis, metric in zip(axes, metrics, strict=True):
        for order, style, colour in (("top", "o-", "#0072B2"), ("bottom", "s:", "#D55E00")):
            chosen = [point for point in points if point.metric == metric and point.order == order]
            axis.plot(
                [p.neurons for p in chosen], [p.score for p in chosen], style, color=colour, label=f"{order} first"
            )
        axis.set(xlabel="neurons removed", ylabel=metric)
        axis.legend()
    axes[-1].set_yscale("log")
    drawing.savefig(path, dpi=120)
    pyplot.close(drawing)


CURVES = {"nmt": _bleu_curve, "lm": _perplexity_curve}


if __name__ == "__main__":
    name, target = sys.argv[1:]
    points = CURVES[name](Path.cwd(), target)
    write_text_whole(Path(f"curve.{name}.jsonl"), "".join(json.dumps(asdict(point)) + "\n" for point in points))
