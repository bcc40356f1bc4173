"""A small run with everything that a page shows; some of its words are HTML and JavaScript."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve_records import Choice, Point
from fairseq_neurons.ablation.metric_results import Significance
from fairseq_neurons.probing.study.run_study import probe
from fairseq_neurons.rankings.cross_model import correlate
from tests.ablation import curve_files
from tests.activations.small_dumps import write_dump

EVIL = [
    "<script>window.evil=1</script>",
    "</script><script>window.evil=1</script>",
    "<img/src=x/onerror=window.evil=1>",
    "<!--",
    "\"quoted'",
    "&amp;",
    "\u202eright-to-left",
    "עברית",
    "😀",
    "a\u2028b",
    "__proto__",
    "{{7*7}}",
    "\\u003cb\\u003e",
]
PLAIN = ["the", "not", "cat", "sat", "never", "mat", "dog", "runs", "no", "fast"]
LABELS = ("<b>NN</b>", "__proto__", "VB")
NEURONS, SENTENCES = 12, 30
CURVE = {"lm": 0.5}


def sentences() -> list[list[str]]:
    """Of 3 to 9 words, all evil ones in the first two."""
    rng = np.random.default_rng(7)
    plain = [[str(word) for word in rng.choice(PLAIN, rng.integers(3, 10))] for _ in range(SENTENCES - 2)]
    return [EVIL[:7], EVIL[7:], *plain]


def labels() -> list[list[str]]:
    """One of three a word, by its length."""
    return [[LABELS[len(word) % 3] for word in sentence] for sentence in sentences()]


def write_run(folder: Path) -> Path:
    """Dumps of two models over the same words, rankings, a probe, and a curve."""
    words = sum(map(len, sentences()))
    # Neuron 3 stands for "not".
    flat = np.array([word == "not" for sentence in sentences() for word in sentence])
    for name, seed in (("1", 1), ("2", 2)):
        values = np.random.default_rng(seed).normal(size=(words, NEURONS)).astype(np.float32)
        values[:, 3] += 4 * flat
        write_dump(folder / "activations" / name, values, sentences=sentences())
    dumps = [folder / "activations" / name for name in "12"]
    for method in ("max", "variance"):
        correlate(dumps if method == "max" else dumps[:1], method=method).save(folder / "rankings" / f"{method}.json")
    (folder / "labels.pos").write_text("".join(" ".join(line) + "\n" for line in labels()), encoding="utf-8")
    part = {"activations": str(dumps[0]), "labels": str(folder / "labels.pos")}
    small = {"fractions": [0.25], "random": 1, "resamples": 20, "top": 4, "mass": [0.25], "l1": 1e-2}
    probe(part, part, folder / "probes" / "pos", control=False, **small)
    write_curve(folder / "curves" / "nmt", "1" * 8)
    return folder


def write_curve(folder: Path, checkpoint: str) -> None:
    """Points of one ranking, from the top and from the bottom, and two random orders."""
    points = [
        Point(
            *("rankings/max.json", order, seed, count, str(count), "bleu"),
            30.0 - count * weight - (seed or 0) / 10,
            p_value=0.25 / (count + 1) / (seed or 1),
            test="made-up",
            signature=f"made-up|{order}|{seed}|{count}",
        )
        for order, seed, weight in (("top", None, 2), ("bottom", None, 0.5), ("random", 1, 1), ("random", 2, 1))
        for count in (0, 3, 6)
    ]
    top, bottom = (Choice("rankings/max.json", order, None) for order in ("top", "bottom"))
    comparison = Comparison(top, 3, "bleu", bottom, Significance(24.0, -4.5, 0.0004), "made-up")
    curve_files.write_curve(folder, points, [comparison], checkpoint=checkpoint)
