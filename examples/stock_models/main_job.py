"""The README's main job over three models of one architecture: dump, correlate, curve, probe; prints a row of a table.

python examples/stock_models/main_job.py models/lstm1 models/lstm2 models/lstm3 --data bin/1 --text text/test.en \
    --reference text/test.fr --out results/lstm \
    [--states 'encoder.*.ffn'] [--train-text text/train.en --train-labels train.pos --test-labels test.pos]

Finished steps are skipped, and an interrupted curve or probe resumes. OUT/summary.json has all numbers.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

import fairseq_neurons as fn

logger = logging.getLogger(__name__)
POINTS = ["0%", "2.5%", "5%", "10%", "20%", "40%"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs=3, help="folders with checkpoint_best.pt; the first model's neurons are ranked")
    parser.add_argument("--data", required=True, help="the data folder of the first model")
    parser.add_argument("--text", required=True, help="the test text")
    parser.add_argument("--reference", help="its translation; without it, the models are language models")
    parser.add_argument("--states", nargs="*", default=[], help="patterns of blocks; by default the default states")
    parser.add_argument("--train-text", help="of the probe")
    parser.add_argument("--train-reference", help="its translation, for states of the decoder")
    parser.add_argument("--train-labels", help="a file, a labeler or a tagger")
    parser.add_argument("--test-labels", help="likewise")
    parser.add_argument("--points", nargs="*", default=POINTS, help="of the curve")
    parser.add_argument("--workers", type=int, help="processes that measure the curve")
    parser.add_argument("--out", required=True, type=Path)
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(message)s", force=True)
    logger.setLevel(logging.INFO)
    summary = {"models": options.models, "states": options.states, **curve_of(options), **probe_of(options)}
    (options.out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n")
    logger.info("%s", row_of(summary))


def row_of(summary: dict) -> str:
    """What masking a tenth of the neurons costs, and what a tenth of them predicts; random orders are averaged."""
    scores: dict[str, list[float]] = {}
    for point in summary["curve"]:
        if point["share"] in ("0%", "10%"):
            scores.setdefault("unmasked" if point["share"] == "0%" else point["order"], []).append(point["score"])
    cells = [f"{name} {sum(found) / len(found):.2f}" for name, found in scores.items()]
    row = f"{summary['neurons']} neurons | {summary['metric']}: {', '.join(cells)}"
    if "probe" not in summary:
        return row
    kept = [part for part in summary["probe"]["ablation"] if part["fraction"] == 0.1 and part["seed"] in (None, 1)]
    cells = [f"{part['kind']} {part['keep']} {100 * part['accuracy']:.1f}" for part in kept]
    return f"{row} | probe: {100 * summary['probe']['accuracy']:.1f}, {', '.join(cells)}"


def curve_of(options: argparse.Namespace) -> dict:
    """The ranking of the first model's neurons, and what masking them costs."""
    folder = options.out / "curve"
    dumps = [str(dumped(options, i, options.text, options.reference)) for i in range(3)]
    ranking = options.out / "ranking.json"
    if not ranking.exists():
        fn.correlate(dumps).save(ranking)
    if not (folder / "comparisons.jsonl").exists():
        measured = {"metric": "bleu", "reference": options.reference} if options.reference else {"metric": "perplexity"}
        checkpoint = str(checkpoint_of(options, 0))
        curve = {
            "rankings": [str(ranking)],
            "points": options.points,
            "out": str(folder),
            "workers": options.workers,
            **measured,
        }
        fn.ablate(checkpoint=checkpoint, data=options.data, **curve)
    points = fn.Curve.read(folder).points
    return {
        "neurons": len(fn.Activations(dumps[0]).neurons),
        "metric": "bleu" if options.reference else "perplexity",
        "curve": [
            {
                "order": point.order,
                "seed": point.seed,
                "share": point.share,
                "neurons": point.neurons,
                "score": point.score,
                "signature": point.signature,
            }
            for point in points
        ],
    }


def probe_of(options: argparse.Namespace) -> dict:
    """How well the first model's states predict the labels, with all neurons and with few."""
    if not options.train_labels:
        return {}
    train = dumped(options, 0, options.train_text, options.train_reference)
    test = dumped(options, 0, options.text, options.reference)
    parts = {
        "train": {"activations": str(train), "labels": options.train_labels},
        "test": {"activations": str(test), "labels": options.test_labels},
    }
    folder = options.out / "probe"
    if not folder.exists():
        fn.probe(out=str(folder), rankings=[], **parts)
    results = json.loads((folder / "results.json").read_text())
    return {"probe": {name: results[name] for name in ("accuracy", "majority", "selectivity", "ablation")}}


def dumped(options: argparse.Namespace, i: int, text: str, translation: str | None) -> Path:
    """The dump of a text by one of the models; states of a decoder are at the words of the translation."""
    out: Path = options.out / "activations" / f"{i + 1}-{Path(text).name}"
    if not out.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        of_decoder = translation is not None and any(pattern.startswith("decoder") for pattern in options.states)
        fn.extract(
            checkpoint=str(checkpoint_of(options, i)),
            data=options.data,
            text=text,
            references=translation if of_decoder else None,
            states=options.states,
            out=str(out),
        )
    return out


def checkpoint_of(options: argparse.Namespace, i: int) -> Path:
    return Path(options.models[i]) / "checkpoint_best.pt"


if __name__ == "__main__":
    main()
